"""Tone of samples: fine structure that a mel does not tell. numpy only.

Noise, roughness and punch are made of the samples of any vocoder. Everything depends on the absolute place in the sound
and on a limited context, so that a part of a sound gets the tone of the whole.
"""

import math
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from distill_app.dsp.loudness import k_weights
from distill_app.dsp.sound import Samples
from distill_app.tone.tone import Tone

_N_FFT, _HOP = 4_096, 1_024
_NOISE_SHARE, _ENVELOPE_BINS, _HELD_BINS = 0.8, 31, 61
_CLEAN_MIN, _CLEAN_POWER = 0.05, 1.5
_NOISE_BLOCK = 8_192
_PUNCH_FAST_HZ, _PUNCH_SLOW_HZ, _PUNCH, _GAIN_MIN, _GAIN_MAX = 120.0, 3.0, 1.6, 0.1, 6.0
_ROUGH_FAST_HZ, _ROUGH_SLOW_HZ, _ROUGHER, _SMOOTHER = 150.0, 25.0, 0.5, 0.9
_ROUGH_HZ, _ROUGH_DEPTH = 70.0, 0.7
_HELD_SECONDS = 0.25
"""Seconds before and after a sample over which its K-weighted level is held."""
_LOUDER_MAX = 4.0
_CEILING = np.float32(10 ** (-0.2 / 20))
_LIMITER_SECONDS = 0.01
"""Seconds before and after a peak in which the limiter turns down."""
_TINY = 1e-9

Values = NDArray[np.float64]


class SampleTone:
    """Changes samples by the sliders of a tone that need them.

    Args:
        tone: its noisiness, roughness and punch.
        sample_rate: Hz.
    """

    def __init__(self, tone: Tone, sample_rate: int) -> None:
        self._tone, self._rate = tone, sample_rate

    @property
    def is_neutral(self) -> bool:
        return self._tone.is_neutral

    @property
    def _changes_samples(self) -> bool:
        return bool(self._tone.noisiness or self._tone.roughness or self._tone.punch)

    @property
    def context_seconds(self) -> float:
        """Seconds before and after a sample that it depends on."""
        if self.is_neutral:
            return 0.0
        seconds = 2 * _LIMITER_SECONDS
        if not self._changes_samples:
            return seconds
        seconds += _HELD_SECONDS + 0.02  # the K-weighting's own decay
        if self._tone.punch:
            seconds += 0.5 / _PUNCH_SLOW_HZ
        if self._tone.roughness:
            seconds += 0.5 / _ROUGH_SLOW_HZ
        return seconds + (_N_FFT / self._rate if self._tone.noisiness else 0.0)

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
        before = changed = samples.astype(np.float64)
        if self._tone.noisiness > 0:
            changed = _noisier(changed, first, self._tone.noisiness)
        elif self._tone.noisiness < 0:
            changed = _cleaner(changed, first, -self._tone.noisiness)
        if self._tone.roughness:
            changed = changed * self._rough_gains(changed, first)
        if self._tone.punch:
            ratio = self._envelope_ratio(changed, _PUNCH_FAST_HZ, _PUNCH_SLOW_HZ)
            changed = changed * (ratio ** (_PUNCH * self._tone.punch)).clip(_GAIN_MIN, _GAIN_MAX)
        return (changed * self._level_gains(before, changed)).astype(np.float32)

    def _rough_gains(self, samples: Values, first: int) -> Values:
        ratio, value = self._envelope_ratio(samples, _ROUGH_FAST_HZ, _ROUGH_SLOW_HZ), self._tone.roughness
        if value < 0:
            return (ratio ** (_SMOOTHER * value)).clip(_GAIN_MIN, _GAIN_MAX)
        time = np.arange(first, first + samples.shape[1]) / self._rate
        wave = 1 + _ROUGH_DEPTH * value * np.sin(2 * math.pi * _ROUGH_HZ * time)
        return (ratio ** (_ROUGHER * value)).clip(_GAIN_MIN, _GAIN_MAX) * wave

    def _envelope_ratio(self, samples: Values, fast_hz: float, slow_hz: float) -> Values:
        """Ratio `[n]` of a fast and a slow envelope of all channels together."""
        power = np.square(samples).mean(0)
        fast, slow = (_smoothed(power, round(self._rate / hz)) for hz in (fast_hz, slow_hz))
        return np.sqrt((fast + _TINY) / (slow + _TINY))

    def _level_gains(self, before: Values, after: Values) -> Values:
        """Gains `[n]` that restore the K-weighted level around each sample."""
        reach = round(2 * _HELD_SECONDS * self._rate)
        powers = [_smoothed(np.square(_k_weighted(each, self._rate)).mean(0), reach) for each in (before, after)]
        return np.sqrt((powers[0] + _TINY**2) / (powers[1] + _TINY**2)).clip(0, _LOUDER_MAX)


def _limited(samples: Samples, reach: int) -> Samples:
    """Samples `[channels, n]` below the ceiling: gains that are low around a peak, averaged over as long."""
    peaks = np.abs(samples).max(0)
    if peaks.max() <= _CEILING:
        return samples
    needed = np.minimum(1, _CEILING / np.maximum(peaks, _CEILING))
    padded = np.pad(needed, 2 * reach, constant_values=1)
    sums = np.cumsum(np.pad(_running_min(padded, 2 * reach + 1), (1, 0)))
    gains = (sums[2 * reach + 1 :] - sums[: -2 * reach - 1]) / (2 * reach + 1)
    return (samples * np.minimum(gains, needed)).astype(np.float32)


def _running_min(values: Values, width: int) -> Values:
    """Lowest of each `width` neighbouring values `[n - width + 1]`, by windows of doubled length."""
    lowest, length = values, 1
    while 2 * length <= width:
        lowest, length = np.minimum(lowest[:-length], lowest[length:]), 2 * length
    rest = width - length
    return np.minimum(lowest[: len(lowest) - rest], lowest[rest:])


def _noisier(samples: Values, first: int, value: float) -> Values:
    """Samples `[channels, n]` mixed with noise of their own spectrum."""
    share = _NOISE_SHARE * value
    noise = _transform(np.broadcast_to(_noise(first, samples.shape[1]), samples.shape), first)
    spectra = _transform(samples, first)
    envelope = _mean_bins(np.abs(spectra), _ENVELOPE_BINS)
    unit = noise / math.sqrt(float(np.square(_hann(_N_FFT)).sum()))
    return _synthesized(
        _spectrum_held(spectra, math.sqrt(1 - share**2) * spectra + share * envelope * unit), samples, first
    )


def _cleaner(samples: Values, first: int, value: float) -> Values:
    """Samples `[channels, n]` without what lies between the peaks of their spectrum."""
    spectra = _transform(samples, first)
    magnitudes = np.abs(spectra)
    prominence = magnitudes / (_mean_bins(magnitudes, _ENVELOPE_BINS) + _TINY)
    kept = spectra * prominence.clip(_CLEAN_MIN, 1) ** (_CLEAN_POWER * value)
    return _synthesized(_spectrum_held(spectra, kept), samples, first)


def _spectrum_held(before: NDArray[np.complex128], after: NDArray[np.complex128]) -> NDArray[np.complex128]:
    """Spectra `after` with the smooth spectrum of `before`."""
    powers = [_mean_bins(np.square(np.abs(each)), _HELD_BINS) for each in (before, after)]
    return after * np.sqrt(powers[0] / (powers[1] + _TINY**2))


def _transform(samples: Values, first: int) -> NDArray[np.complex128]:
    """Spectra `[channels, frames, bins]` of frames at absolute multiples of the hop."""
    lead = _N_FFT + first % _HOP
    count = -(-(samples.shape[1] + lead) // _HOP)
    padded = np.pad(samples, ((0, 0), (lead, count * _HOP + _N_FFT - lead - samples.shape[1])))
    frames = np.lib.stride_tricks.sliding_window_view(padded, _N_FFT, 1)[:, ::_HOP]
    return np.fft.rfft(frames * _hann(_N_FFT))


def _synthesized(spectra: NDArray[np.complex128], samples: Values, first: int) -> Values:
    """Samples of `_transform`'s spectra, as many as `samples`, by overlap-add."""
    frames = np.fft.irfft(spectra, _N_FFT) * _hann(_N_FFT)
    channels, count, _ = frames.shape
    total, parts = np.zeros((channels, (count - 1) * _HOP + _N_FFT)), _N_FFT // _HOP
    for part in range(parts):
        piece = frames[:, :, part * _HOP : (part + 1) * _HOP].reshape(channels, -1)
        total[:, part * _HOP : part * _HOP + piece.shape[1]] += piece
    lead = _N_FFT + first % _HOP
    return total[:, lead : lead + samples.shape[1]] / (1.5 * parts / 4)


def _noise(first: int, count: int) -> Values:
    """White noise `[count]` of deviation 1 that depends on the place alone."""
    blocks = range(first // _NOISE_BLOCK, (first + count - 1) // _NOISE_BLOCK + 1)
    noise = [np.random.Generator(np.random.Philox(key=block)).standard_normal(_NOISE_BLOCK) for block in blocks]
    return np.concatenate(noise)[first - blocks[0] * _NOISE_BLOCK :][:count]


def _mean_bins(values: Values, count: int) -> Values:
    """Mean over `count` bins (odd) around each of `[..., bins]`; at the edges over fewer."""
    reach, bins = count // 2, values.shape[-1]
    sums = np.concatenate([np.zeros((*values.shape[:-1], 1)), np.cumsum(values, -1)], -1)
    here = np.arange(bins)
    low, high = (here - reach).clip(0), (here + reach + 1).clip(max=bins)
    return np.maximum(sums[..., high] - sums[..., low], 0) / (high - low)


def _smoothed(power: Values, width: int) -> Values:
    """Power `[n]` under a Hann window of `width` samples; beyond the edges there is silence."""
    kernel = _hann(width + 1)[1:]
    size = 2 ** (len(power) + len(kernel) - 1).bit_length()
    product = np.fft.rfft(power, size) * np.fft.rfft(kernel / kernel.sum(), size)
    return np.maximum(np.fft.irfft(product, size)[(len(kernel) - 1) // 2 :][: len(power)], 0)


def _k_weighted(samples: Values, sample_rate: int) -> Values:
    """Samples `[channels, n]` with the K-weighting's gains, without its phases."""
    size = 2 ** (samples.shape[1] + sample_rate // 20).bit_length()
    return np.fft.irfft(np.fft.rfft(samples, size) * _k_gains(size, sample_rate), size)[:, : samples.shape[1]]


@lru_cache(maxsize=8)
def _k_gains(size: int, sample_rate: int) -> Values:
    return np.sqrt(k_weights(np.fft.rfftfreq(size, 1 / sample_rate), sample_rate))


@lru_cache(maxsize=16)
def _hann(size: int) -> Values:
    return np.hanning(size + 1)[:-1]
