"""Sounds of known properties."""

import numpy as np
from numpy.typing import NDArray

RATE = 44_100
Samples = NDArray[np.float32]


def noise(seed: int, seconds: float = 1.5) -> Samples:
    return (0.1 * np.random.default_rng(seed).standard_normal(round(seconds * RATE))).astype(np.float32)


def tone(hz: float, seconds: float = 1.5) -> Samples:
    time = np.arange(round(seconds * RATE)) / RATE
    return (0.3 * np.sin(2 * np.pi * hz * time)).astype(np.float32)


def pulsing(hz: float, samples: Samples) -> Samples:
    """Samples with full amplitude modulation at a frequency."""
    time = np.arange(len(samples)) / RATE
    return (samples * (1 + np.sin(2 * np.pi * hz * time))).astype(np.float32)


def clicks(per_second: float, seconds: float = 1.5) -> Samples:
    sound = noise(9, seconds) * 0.01
    sound[:: round(RATE / per_second)] += 0.8
    return sound
