"""Measures of what a sound does in time."""

import numpy as np

from tools.bench_sliders.bands import ENVELOPE_HZ, Bands, Values, band_pass

_TINY = 1e-12


def modulation_depth(bands: Bands) -> float:
    """Depth with which all bands together swell between 2 and 12 Hz: m of a loudness `1 + m sin(2πft)`."""
    total = bands.loudness.sum(0)
    return float(np.sqrt(2 * np.square(band_pass(total, 2, 12)).mean()) / (total.mean() + _TINY))


def roughness(bands: Bands) -> float:
    """Depth of changes between 30 and 150 Hz that bands two Cams apart share, so that noise alone is not rough."""
    loud = bands.loudness
    changes = band_pass(loud, 30, 150) / (loud.mean(1, keepdims=True) + _TINY)
    shared = 2 * (changes[:-2] * changes[2:]).mean(1)
    weights = np.minimum(loud[:-2].mean(1), loud[2:].mean(1))
    return float(np.sqrt(max(0.0, float((shared * weights).sum() / (weights.sum() + _TINY)))))


def motion(bands: Bands) -> float:
    """Change of the spectrum's shape between 0.5 and 12 Hz, in dB: of each band's level without the mean of all."""
    levels, weights = 10 * np.log10(bands.power + 1e-8), bands.loudness
    weights = weights / (weights.sum() + _TINY)
    now = weights / (weights.sum(0, keepdims=True) + _TINY)
    shapes = levels - (now * levels).sum(0)
    moved = np.square(band_pass(shapes, 0.5, 12)).mean(1)
    return float(np.sqrt((moved * weights.sum(1)).sum()))


def speed(bands: Bands) -> float:
    """Centre of the bands' changes between 0.4 and 20 Hz, in octaves from 1 Hz."""
    loud = bands.loudness
    window = np.hanning(loud.shape[1] + 2)[1:-1]
    hz = np.fft.rfftfreq(loud.shape[1], 1 / ENVELOPE_HZ)
    inside = (hz >= 0.4) & (hz <= 20)
    power = np.square(np.abs(np.fft.rfft((loud - loud.mean(1, keepdims=True)) * window))).sum(0)
    power, hz = power[inside] * hz[inside], hz[inside]  # an equal share to each octave
    return float((power * np.log2(hz)).sum() / (power.sum() + _TINY))


def onsets(bands: Bands) -> float:
    """Rises of the loudness over 50 ms that are the steepest within 60 ms, in octaves from one a second."""
    total = _smooth(bands.loudness.sum(0), 20)
    rise = np.maximum(total[20:] - total[:-20], 0) / (total.mean() + _TINY)
    around = np.lib.stride_tricks.sliding_window_view(np.pad(rise, 24), 49).max(1)
    count = ((rise == around) & (rise > 0.1)).sum()
    return float(np.log2((count + 0.5) * ENVELOPE_HZ / len(total)))


def punch(bands: Bands) -> float:
    """Height of the loudest tenth of a 5 ms level above that of 300 ms, in dB."""
    power = bands.power.sum(0)
    fast, slow = _smooth(power, 2), _smooth(power, 120)
    heights = 10 * np.log10((fast + _TINY) / (slow + _TINY))[slow > 1e-3 * slow.max()]
    return float(np.sort(heights)[-max(1, len(heights) // 10) :].mean()) if len(heights) else 0.0


def attack(bands: Bands) -> float:
    """Time from 10 to 90 % of the loudness before its peak, in octaves from 1 ms."""
    total = _smooth(bands.loudness.sum(0), 2)
    peak = int(total.argmax())
    rising = total[: peak + 1]
    high = _crossing(rising, 0.9 * total[peak])
    low = _crossing(rising[: int(high) + 2], 0.1 * total[peak])
    return float(np.log2(max(high - low, 0.4) * 1_000 / ENVELOPE_HZ))


def decay(bands: Bands) -> float:
    """Time from the peak of the power to 20 dB below, in octaves from 1 ms; to the end where it does not fall."""
    power = _smooth(bands.power.sum(0), 8)
    falling = power[int(power.argmax()) :]
    below = np.flatnonzero(falling <= 0.01 * falling[0])
    return float(np.log2(max(int(below[0]) if len(below) else len(falling), 1) * 1_000 / ENVELOPE_HZ))


def _crossing(rising: Values, level: float) -> float:
    """Last frame, with its fraction, at which a series rises through a level; 0 where it begins above."""
    crossed = np.flatnonzero((rising[:-1] < level) & (rising[1:] >= level))
    if not len(crossed):
        return 0.0
    last = int(crossed[-1])
    return last + float((level - rising[last]) / (rising[last + 1] - rising[last] + _TINY))


def _smooth(values: Values, frames: int) -> Values:
    return np.convolve(values, np.ones(frames) / frames, "same")
