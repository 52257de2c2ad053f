"""Tone of samples: fine structure that a mel does not tell. numpy only.

Noise and roughness are made of the samples of any vocoder. Everything depends on the absolute place in the sound and on
a limited context, so that a part of a sound gets the tone of the whole.
"""

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from distill_app.dsp.loudness import k_weights
from distill_app.dsp.sound import Samples
from distill_app.tone.noise import CLEAN_REACH, NOISE_REACH, cleaner, noisier
from distill_app.tone.roughness import REACH_SECONDS, rougher, smoother
from distill_app.tone.sample_windows import fft_size, running_min, smoothed
from distill_app.tone.tone import Tone

_HELD_SECONDS, _WEIGHTING_SECONDS = 0.25, 0.02
"""Seconds before and after a sample over which its K-weighted level is held, and those that the weighting rings."""
_LOUDER_MAX = 4.0
_CEILING = np.float32(10 ** (-0.2 / 20))
_LIMITER_SECONDS = 0.01
"""Seconds before and after a peak in which the limiter turns down."""
_TINY = 1e-18

Values = NDArray[np.float64]


class SampleTone:
    """Changes samples by the sliders of a tone that need them, and keeps them below full scale.

    Args:
        tone: its noisiness and roughness.
        sample_rate: Hz.
    """

    def __init__(self, tone: Tone, sample_rate: int) -> None:
        self._tone, self._rate = tone, sample_rate

    @property
    def is_neutral(self) -> bool:
        return self._tone.is_neutral

    @property
    def _changes_samples(self) -> bool:
        return bool(self._tone.noisiness or self._tone.roughness)

    @property
    def context_seconds(self) -> float:
        """Seconds before and after a sample that it depends on."""
        if self.is_neutral:
            return 0.0
        seconds = 2 * _LIMITER_SECONDS
        if self._changes_samples:
            seconds += _HELD_SECONDS + _WEIGHTING_SECONDS
        if self._tone.roughness:
            seconds += REACH_SECONDS + _WEIGHTING_SECONDS
        if self._tone.noisiness:
            seconds += (NOISE_REACH if self._tone.noisiness > 0 else CLEAN_REACH) / self._rate
        return seconds

    def process(self, samples: Samples, first: int) -> Samples:
        """Changed samples `[channels, n]`; those near the edges lack their context.

        Args:
            first: number of the first sample in the sound.
        """
        if self.is_neutral or not samples.size:
            return samples
        changed = self._changed(samples, first) if self._changes_samples else samples
        return _limited(changed, round(_LIMITER_SECONDS * self._rate))

    def _changed(self, samples: Samples, first: int) -> Samples:
        noise, rough = self._tone.noisiness, self._tone.roughness
        before = changed = samples.astype(np.float64)
        if noise:
            changed = noisier(changed, first, noise) if noise > 0 else cleaner(changed, first, -noise)
        if rough > 0:
            changed = rougher(changed, first, rough, self._rate)
        elif rough < 0:
            changed = smoother(changed, -rough, self._rate)
        return (changed * self._level_gains(before, changed)).astype(np.float32)

    def _level_gains(self, before: Values, after: Values) -> Values:
        """Gains `[n]` that restore the K-weighted level around each sample."""
        reach = round(2 * _HELD_SECONDS * self._rate)
        powers = [smoothed(np.square(_k_weighted(each, self._rate)).mean(0), reach) for each in (before, after)]
        return np.sqrt((powers[0] + _TINY) / (powers[1] + _TINY)).clip(0, _LOUDER_MAX)


def _limited(samples: Samples, reach: int) -> Samples:
    """Samples `[channels, n]` below the ceiling: gains that are low around a peak, averaged over as long."""
    peaks = np.abs(samples).max(0)
    if peaks.max() <= _CEILING:
        return samples
    needed = np.minimum(1, _CEILING / np.maximum(peaks, _CEILING))
    width = 2 * reach + 1
    sums = np.cumsum(np.pad(running_min(np.pad(needed, 2 * reach, constant_values=1), width), (1, 0)))
    gains = (sums[width:] - sums[:-width]) / width
    return (samples * np.minimum(gains, needed)).astype(np.float32)


def _k_weighted(samples: Values, sample_rate: int) -> Values:
    """Samples `[channels, n]` with the K-weighting's gains, without its phases."""
    size = fft_size(samples.shape[1] + sample_rate // 20)
    return np.fft.irfft(np.fft.rfft(samples, size) * _k_gains(size, sample_rate), size)[:, : samples.shape[1]]


@lru_cache(maxsize=8)
def _k_gains(size: int, sample_rate: int) -> Values:
    return np.sqrt(k_weights(np.fft.rfftfreq(size, 1 / sample_rate), sample_rate))
