"""Fast fluctuation of samples, which is heard as roughness. numpy only."""

import math
from functools import lru_cache
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from distill_app.tone.sample_windows import fft_size, smoothed

_FAST_HZ, _SLOW_HZ = 150.0, 25.0
REACH_SECONDS = 0.5 / _SLOW_HZ
"""Seconds on either side of a sample that its roughness depends on."""
_RATE_HZ, _DEPTH, _ROUGHER, _SMOOTHER = 70.0, 0.7, 0.5, 1.2
_BAND_HZ = (200.0, 400.0, 800.0, 1_600.0, 3_200.0, 6_400.0)
"""Edges between the bands that are smoothed apart, each with its own fluctuation."""
_GAIN_MIN, _GAIN_MAX = 0.1, 6.0
_TINY = 1e-9

Values = NDArray[np.float64]


def rougher(samples: Values, first: int, value: float, sample_rate: int) -> Values:
    """Samples `[channels, n]` with a modulation of 70 Hz, and more of the fluctuation that they have.

    Args:
        first: number of the first sample in the sound.
        value: 0 … 1.
    """
    time = np.arange(first, first + samples.shape[1]) / sample_rate
    wave = 1 + _DEPTH * value * np.sin(2 * math.pi * _RATE_HZ * time)
    return samples * _flat_gains(samples, -_ROUGHER * value, sample_rate) * wave


def smoother(samples: Values, value: float, sample_rate: int) -> Values:
    """Samples `[channels, n]` with less fluctuation in each band.

    Args:
        value: 0 … 1.
    """
    size = fft_size(samples.shape[1] + sample_rate // 20)
    spectra = np.fft.rfft(samples, size)
    total = np.zeros_like(samples)
    for weights in _band_weights(size, sample_rate):
        band = np.fft.irfft(spectra * weights, size)[:, : samples.shape[1]]
        total += band * _flat_gains(band, _SMOOTHER * value, sample_rate)
    return total


def _flat_gains(samples: Values, strength: float, sample_rate: int) -> Values:
    """Gains `[n]` that take that share of the fast fluctuation away; a negative one adds it."""
    power = np.square(samples).mean(0)
    fast, slow = (smoothed(power, round(sample_rate / hz)) for hz in (_FAST_HZ, _SLOW_HZ))
    ratio = np.sqrt((slow + _TINY**2) / (fast + _TINY**2))
    return (ratio**strength).clip(_GAIN_MIN, _GAIN_MAX)


@lru_cache(maxsize=4)
def _band_weights(size: int, sample_rate: int) -> list[Values]:
    """Weights of the bins in each band, which fade into each other over an octave and sum to 1."""
    octaves = np.log2(np.fft.rfftfreq(size, 1 / sample_rate).clip(1))
    above = [np.ones_like(octaves)]
    above += [np.sin(np.pi / 2 * (octaves - math.log2(edge) + 0.5).clip(0, 1)) ** 2 for edge in _BAND_HZ]
    above.append(np.zeros_like(octaves))
    return [low - high for low, high in pairwise(above)]
