"""Measures of fine structure: partials, and what lies between them, in frames of 6,000 samples."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tools.bench_sliders.bands import RATE_HZ, Signal, Values, cams_of

_SIZE, _STEP = 6_000, 2_500
_TINY = 1e-14
_FLOOR_BINS = 41  # 300 Hz, in which the level between the partials is taken
_QUARTILE_OF_NOISE = 0.288  # lower quartile over mean of the power of noise
_PITCH_LOW_HZ, _PITCH_HIGH_HZ = 55.0, 2_000.0
_TONAL_DB = 15.0


@dataclass(frozen=True, eq=False)
class Partials:
    """Power spectra `[frames, bins]` of a sound; bins are `RATE_HZ / 6,000` apart."""

    power: Values
    samples: Values


def to_partials(samples: Signal) -> Partials:
    """Spectra of mono samples `[n]`, a Blackman window each."""
    padded = np.pad(samples.astype(np.float64), (0, max(0, _SIZE - len(samples))))
    frames = np.lib.stride_tricks.sliding_window_view(padded, _SIZE)[::_STEP]
    return Partials(np.square(np.abs(np.fft.rfft(frames * np.blackman(_SIZE)))) / _SIZE**2, padded)


def noisiness(partials: Partials) -> float:
    """Power between partials over that of the partials, in dB; the bands weigh as they are loud."""
    power = _loud(partials)
    floor = np.minimum(power, _floor(power, 25) / _QUARTILE_OF_NOISE)
    bands = cams_of(_hz(power)).astype(np.int64)
    total, between = _sums(power, bands), _sums(floor, bands)
    shares = np.clip(between / (total + _TINY), 1e-4, 0.99)
    weights = (total + _TINY) ** 0.3
    return float((10 * np.log10(shares / (1 - shares)) * weights).sum() / weights.sum())


def tonality(partials: Partials) -> float:
    """Periodicity: best autocorrelation from 55 to 1,000 Hz, 1 for a periodic sound; bands weigh as loud."""
    power = _even(_loud(partials))
    lags = np.fft.irfft(power, axis=1)
    own = np.fft.irfft(np.square(np.abs(np.fft.rfft(np.blackman(_SIZE)))))
    inside = slice(round(RATE_HZ / 1_000), round(RATE_HZ / _PITCH_LOW_HZ))
    normal = lags[:, inside] / (lags[:, :1] + _TINY) * (own[0] / own[inside])
    weights = power.sum(1) ** 0.3
    return float((np.minimum(normal.max(1), 1.0) * weights).sum() / (weights.sum() + _TINY))


def pitch_cents(partials: Partials) -> float:
    """Frequency of the strongest partial between 55 and 2,000 Hz, in cents from 440 Hz."""
    size = 1 << int(np.ceil(np.log2(4 * len(partials.samples))))
    spectrum = np.abs(np.fft.rfft(partials.samples * np.hanning(len(partials.samples)), size))
    low, high = (round(each * size / RATE_HZ) for each in (_PITCH_LOW_HZ, _PITCH_HIGH_HZ))
    best = low + int(spectrum[low:high].argmax())
    left, middle, right = np.log(spectrum[best - 1 : best + 2] + _TINY)
    best_bin = best + 0.5 * (left - right) / (left - 2 * middle + right - _TINY)
    return float(1_200 * np.log2(best_bin * RATE_HZ / size / 440))


def is_tonal(partials: Partials) -> bool:
    """Whether the strongest partial stands 15 dB above its surroundings in the mean spectrum."""
    mean = partials.power.mean(0, keepdims=True)
    low, high = (round(each * _SIZE / RATE_HZ) for each in (_PITCH_LOW_HZ, _PITCH_HIGH_HZ))
    height = mean[0, low:high] / (_floor(mean)[0, low:high] + _TINY)
    return bool(10 * np.log10(height[int(mean[0, low:high].argmax())]) > _TONAL_DB)


def moved_cents(before: float, after: float) -> float:
    """Way from one pitch to another with octaves taken away, -600 to 600."""
    return (after - before + 600) % 1_200 - 600


def _loud(partials: Partials) -> Values:
    """Frames within 40 dB of the loudest."""
    sums = partials.power.sum(1)
    return partials.power[sums >= 1e-4 * sums.max()]


def _even(power: Values) -> Values:
    """Spectra whose bands are compressed as hearing compresses them, so that the low ones do not decide alone."""
    bands = np.clip(cams_of(_hz(power)).astype(np.int64), 2, 38) - 2
    return power * (_sums(power, bands + 2).mean(0) + _TINY)[bands] ** -0.7


def _hz(power: Values) -> Values:
    return np.arange(power.shape[1]) * RATE_HZ / _SIZE


def _floor(power: Values, percent: float = 50) -> Values:
    """Percentile over 300 Hz around each bin: a low one, where sidebands of a modulation fill much of it."""
    half = _FLOOR_BINS // 2
    padded = np.pad(power, ((0, 0), (half, half)), "reflect")
    around = np.lib.stride_tricks.sliding_window_view(padded, _FLOOR_BINS, axis=1)[:, ::4]
    return np.asarray(np.percentile(around, percent, -1))[:, np.arange(power.shape[1]) // 4]


def _sums(power: Values, bands: NDArray[np.int64]) -> Values:
    """Sums per frame and Cam between 2 and 39 Cams."""
    return np.stack([power[:, bands == each].sum(1) for each in range(2, 39)], axis=1)
