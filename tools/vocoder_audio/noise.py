"""Noise of many colours and shapes, made from random numbers."""

import numpy as np
from scipy import signal

from . import RATE_HZ
from .filters import moving_bandpass


def noise_texture(rng: np.random.Generator, seconds: float) -> np.ndarray:
    """One to three noises on top of each other, `[seconds · RATE_HZ]`."""
    length = round(seconds * RATE_HZ)
    layers = range(int(rng.integers(1, 4)))
    return sum((rng.uniform(0.2, 1.0) * _layer(rng, length) for _ in layers), np.zeros(length))


def _layer(rng: np.random.Generator, length: int) -> np.ndarray:
    makers = (coloured, filtered, swept, crackle)
    maker = makers[int(rng.choice(4, p=(0.3, 0.35, 0.2, 0.15)))]
    return maker(rng, length) * envelope(rng, length)


def coloured(rng: np.random.Generator, length: int) -> np.ndarray:
    """Noise whose power falls with a power of the frequency: from blue (−1) through white and pink to brown (2)."""
    frequencies = np.fft.rfftfreq(length, 1 / RATE_HZ)
    slope = np.maximum(frequencies, 20.0) ** (-rng.uniform(-1.0, 2.0) / 2)
    noise = np.fft.irfft(np.fft.rfft(rng.standard_normal(length)) * slope, length)
    return noise / np.std(noise)


def filtered(rng: np.random.Generator, length: int) -> np.ndarray:
    """White noise through a random low-, high- or band-pass."""
    low_hz = np.exp(rng.uniform(np.log(40.0), np.log(12_000.0)))
    high_hz = min(low_hz * 2 ** rng.uniform(0.1, 4.0), 20_000.0)
    kind, edges = (("lowpass", high_hz), ("highpass", low_hz), ("bandpass", (low_hz, high_hz)))[int(rng.integers(3))]
    sections = signal.butter(int(rng.integers(1, 5)), edges, kind, fs=RATE_HZ, output="sos")
    noise = signal.sosfilt(sections, rng.standard_normal(length))
    return noise / max(np.std(noise), 1e-9)


def swept(rng: np.random.Generator, length: int) -> np.ndarray:
    """Wind: white noise through a band that wanders."""
    centre_hz = 100.0 * 160 ** slow_curve(rng, length, rng.uniform(0.1, 2.0))
    noise = moving_bandpass(rng.standard_normal(length), centre_hz, rng.uniform(0.1, 1.0))
    return noise / np.std(noise)


def crackle(rng: np.random.Generator, length: int) -> np.ndarray:
    """Clicks at random moments with random loudness, each ringing shortly: rain, fire, dust on a record."""
    clicks = (rng.random(length) < rng.uniform(5.0, 2_000.0) / RATE_HZ) * rng.standard_normal(length) ** 3
    ring = np.exp(-np.arange(400) / rng.uniform(2.0, 80.0))
    found = signal.fftconvolve(clicks, ring * rng.standard_normal(400))[:length]
    return found / max(np.std(found), 1e-9)


def envelope(rng: np.random.Generator, length: int) -> np.ndarray:
    """Level over time, 0 to 1: steady, wandering, or bursts that die away."""
    shape = int(rng.integers(3))
    if shape == 0:
        return np.ones(length)
    if shape == 1:
        return slow_curve(rng, length, rng.uniform(0.2, 4.0)) ** 2
    return bursts(rng, length)


def bursts(rng: np.random.Generator, length: int) -> np.ndarray:
    """Attacks at random moments, each dying exponentially with its own length."""
    level = np.zeros(length)
    start = 0
    while start < length:
        tau = RATE_HZ * np.exp(rng.uniform(np.log(0.005), np.log(0.8)))
        fall = rng.uniform(0.2, 1.0) * np.exp(-np.arange(length - start) / tau)
        level[start:] = np.maximum(level[start:], fall)
        start += int(RATE_HZ * rng.uniform(0.05, 1.5))
    return level


def slow_curve(rng: np.random.Generator, length: int, rate_hz: float) -> np.ndarray:
    """A smooth random path between 0 and 1 that turns about `rate_hz` times a second."""
    knots = rng.random(max(4, int(length / RATE_HZ * rate_hz) + 2))
    places = np.linspace(0, len(knots) - 1, length)
    before = places.astype(int).clip(0, len(knots) - 2)
    blend = 0.5 - 0.5 * np.cos(np.pi * (places - before))
    return knots[before] * (1 - blend) + knots[before + 1] * blend
