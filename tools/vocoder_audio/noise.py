"""Generated noise of many colours and envelopes."""

import numpy as np
from scipy import signal

from . import RATE_HZ
from .filters import moving_bandpass


def noise_texture(rng: np.random.Generator, seconds: float) -> np.ndarray:
    """Sum of one to three noises, `[seconds · RATE_HZ]`."""
    length = round(seconds * RATE_HZ)
    layers = range(int(rng.integers(1, 4)))
    return sum((rng.uniform(0.2, 1.0) * _layer(rng, length) for _ in layers), np.zeros(length))


def _layer(rng: np.random.Generator, length: int) -> np.ndarray:
    makers = (coloured_noise, filtered_noise, swept_noise, crackle)
    maker = makers[int(rng.choice(4, p=(0.3, 0.35, 0.2, 0.15)))]
    return maker(rng, length) * envelope(rng, length)


def coloured_noise(rng: np.random.Generator, length: int) -> np.ndarray:
    """Noise whose power falls with a power of the frequency: from blue (−1) through white and pink to brown (2)."""
    frequencies = np.fft.rfftfreq(length, 1 / RATE_HZ)
    slope = np.maximum(frequencies, 20.0) ** (-rng.uniform(-1.0, 2.0) / 2)
    noise = np.fft.irfft(np.fft.rfft(rng.standard_normal(length)) * slope, length)
    return noise / np.std(noise)


def filtered_noise(rng: np.random.Generator, length: int) -> np.ndarray:
    """White noise through a random low-, high- or band-pass."""
    low_hz = np.exp(rng.uniform(np.log(40.0), np.log(12_000.0)))
    high_hz = min(low_hz * 2 ** rng.uniform(0.1, 4.0), 20_000.0)
    kind, edges = (("lowpass", high_hz), ("highpass", low_hz), ("bandpass", (low_hz, high_hz)))[int(rng.integers(3))]
    sections = signal.butter(int(rng.integers(1, 5)), edges, kind, fs=RATE_HZ, output="sos")
    noise = signal.sosfilt(sections, rng.standard_normal(length))
    return noise / max(np.std(noise), 1e-9)


def swept_noise(rng: np.random.Generator, length: int) -> np.ndarray:
    """White noise through a moving band-pass, as of wind."""
    centre_hz = 100.0 * 160 ** slow_curve(rng, length, rng.uniform(0.1, 2.0))
    noise = moving_bandpass(rng.standard_normal(length), centre_hz, rng.uniform(0.1, 1.0))
    return noise / np.std(noise)


def crackle(rng: np.random.Generator, length: int) -> np.ndarray:
    """Short ringing clicks of random time and level, as of rain, fire or dust on a record."""
    clicks = (rng.random(length) < rng.uniform(5.0, 2_000.0) / RATE_HZ) * rng.standard_normal(length) ** 3
    ring = np.exp(-np.arange(400) / rng.uniform(2.0, 80.0))
    found = signal.fftconvolve(clicks, ring * rng.standard_normal(400))[:length]
    return found / max(np.std(found), 1e-9)


def envelope(rng: np.random.Generator, length: int) -> np.ndarray:
    """Random level over time, 0 to 1: constant, slowly varying, or decaying bursts."""
    shape = int(rng.integers(3))
    if shape == 0:
        return np.ones(length)
    if shape == 1:
        return slow_curve(rng, length, rng.uniform(0.2, 4.0)) ** 2
    return bursts(rng, length)


def bursts(rng: np.random.Generator, length: int) -> np.ndarray:
    """Level of random attacks with exponential decays of random length."""
    level = np.zeros(length)
    start = 0
    while start < length:
        tau = RATE_HZ * np.exp(rng.uniform(np.log(0.005), np.log(0.8)))
        fall = rng.uniform(0.2, 1.0) * np.exp(-np.arange(length - start) / tau)
        level[start:] = np.maximum(level[start:], fall)
        start += int(RATE_HZ * rng.uniform(0.05, 1.5))
    return level


def slow_curve(rng: np.random.Generator, length: int, rate_hz: float) -> np.ndarray:
    """Smooth random curve between 0 and 1 with about `rate_hz` turns a second."""
    knots = rng.random(max(4, int(length / RATE_HZ * rate_hz) + 2))
    places = np.linspace(0, len(knots) - 1, length)
    before = places.astype(int).clip(0, len(knots) - 2)
    blend = 0.5 - 0.5 * np.cos(np.pi * (places - before))
    return knots[before] * (1 - blend) + knots[before + 1] * blend
