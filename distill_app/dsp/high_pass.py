"""High-pass filter that removes DC offset and subsonic drift from recordings. numpy only."""

import math

import numpy as np
from numpy.typing import NDArray

from distill_app.dsp.sound import Samples

CUTOFF_HZ = 5.0
"""Cutoff frequency (−3 dB) in Hz; −0.3 dB at 20 Hz, −0.06 dB at the lowest string of a bass (41 Hz)."""
_BLOCK_TIME_CONSTANTS = 2.0
"""Block length in time constants of the pole; its powers stay between 1 and e², which float64 represents well."""
_HEAD_SECONDS, _LEAD_IN_SECONDS = 0.25, 0.005
_QUIET = 10 ** (-30 / 20)

Levels = NDArray[np.float64]


class HighPass:
    """First-order high-pass of consecutive blocks `[channels, n]`, per channel.

    `y[i] = x[i] − low[i]`, `low[i] = r·low[i−1] + (1 − r)·x[i]`, `r = exp(−2π·CUTOFF_HZ/rate)`. The filter starts from
    the offset of the first block (`_offsets`), so that a constant offset leaves no transient: `x + c` and `x` have the
    same output.

    Args:
        sample_rate: Hz.
    """

    def __init__(self, sample_rate: int) -> None:
        self._rate = sample_rate
        decay = 2 * math.pi * CUTOFF_HZ / sample_rate
        powers = np.exp(decay * np.arange(1, max(2, math.ceil(_BLOCK_TIME_CONSTANTS / decay)) + 1))
        self._rising, self._falling = powers * -math.expm1(-decay), 1 / powers
        self._low: Levels | None = None

    def push(self, samples: Samples) -> Samples:
        """Filtered samples `[channels, n]`; the first block lasts at least 0.25 s or is the whole recording."""
        low = _offsets(samples, self._rate) if self._low is None else self._low
        filtered = np.empty_like(samples)
        for start in range(0, samples.shape[1], len(self._falling)):
            block = samples[:, start : start + len(self._falling)]
            size = block.shape[1]
            lows = (np.cumsum(block * self._rising[:size], axis=1) + low) * self._falling[:size]
            filtered[:, start : start + size] = block - lows
            low = lows[:, -1:]
        self._low = low
        return filtered


def _offsets(samples: Samples, rate: int) -> Levels:
    """Offset of each channel `[channels, 1]`: mean of its first 5 ms if these are quiet, else of its first 0.25 s.

    The first is exact for a recording that begins with silence. The second suits one that begins with its sound.
    """
    head = samples[:, : max(1, round(_HEAD_SECONDS * rate))].astype(np.float64)
    lead = head[:, : max(1, round(_LEAD_IN_SECONDS * rate))]
    means, leads = head.mean(1, keepdims=True), lead.mean(1, keepdims=True)
    quiet = lead.std(1, keepdims=True) <= _QUIET * np.abs(head - means).max(1, keepdims=True)
    short = lead.shape[1] == head.shape[1]
    return np.where(quiet & (not short), leads, means)
