"""By how much one sound is transposed against another: the way of all its partials, so that no loudest one decides."""

from typing import cast

import numpy as np

from tools.bench_sliders.bands import RATE_HZ, Signal, Values

_LOW_HZ, _HIGH_HZ = 110.0, 5_000.0
_STEP_CENTS = 5.0
_MOST_CENTS = 1_500.0
_FLOOR_STEPS = 121  # half an octave, around which a partial stands out
_BLUR_STEPS = 5
_LOUD_DB = 60.0


def transposition_cents(before: Signal, after: Signal, most_cents: float = _MOST_CENTS) -> float:
    """Cents, within ±`most_cents`, by which the partials of `after` lie above those of `before`."""
    one, other = _partials(before), _partials(after)
    most = round(most_cents / _STEP_CENTS)
    sums = np.correlate(np.pad(other, most), one, "valid")
    best = int(sums[1:-1].argmax()) + 1
    left, middle, right = sums[best - 1 : best + 2]
    curve = left - 2 * middle + right
    offset = 0.5 * (left - right) / curve if curve < 0 else 0.0
    return float((best + offset - most) * _STEP_CENTS)


def _partials(samples: Signal) -> Values:
    """Heights of the partials above their surroundings on an axis of cents; 0 between them."""
    size = 1 << int(np.ceil(np.log2(2 * len(samples))))
    spectrum = np.abs(np.fft.rfft(samples.astype(np.float64) * np.hanning(len(samples)), size)) ** 2
    edges = np.arange(0, 1_200 * np.log2(_HIGH_HZ / _LOW_HZ), _STEP_CENTS)
    sums = np.concatenate([[0.0], np.cumsum(spectrum)])
    bins = _LOW_HZ * 2 ** (edges / 1_200) * size / RATE_HZ
    starts = bins * 2 ** (-_STEP_CENTS / 2_400) - 0.5
    power = np.interp(bins * 2 ** (_STEP_CENTS / 2_400) + 0.5, np.arange(len(sums)), sums)
    power = power - np.interp(starts, np.arange(len(sums)), sums)
    levels = 10 * np.log10(power + 1e-20)
    levels = np.maximum(levels, levels.max() - _LOUD_DB)
    half = _FLOOR_STEPS // 2
    floor = np.median(np.lib.stride_tricks.sliding_window_view(np.pad(levels, half, "edge"), _FLOOR_STEPS), -1)
    kernel = np.hanning(_BLUR_STEPS + 2)[1:-1]
    return cast("Values", np.convolve(np.maximum(levels - floor - 6, 0), kernel / kernel.sum(), "same"))
