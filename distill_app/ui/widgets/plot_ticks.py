"""Positions and labels of axis ticks. No Qt."""

import math

from distill_app.dsp.log_frequency import FrequencyScale
from distill_app.ui.style.format import MINUS, clock, tick

Ticks = list[tuple[float, str]]
_FINE_HZ = (20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 20_000)
_COARSE_HZ = (100, 1_000, 10_000)
_TICK_HEIGHT, _TICK_WIDTH = 24, 88


def frequency_ticks(scale: FrequencyScale, height: float) -> Ticks:
    """Ticks at round frequencies of a picture `height` pixels high; positions are the middles of rows."""
    fits_fine = height / _TICK_HEIGHT >= len(_FINE_HZ)
    ticks = [(scale.row(hz) + 0.5, tick(hz)) for hz in (_FINE_HZ if fits_fine else _COARSE_HZ)]
    margin = scale.rows * 8 / max(height, 1)
    return [(row, text) for row, text in ticks if margin <= row <= scale.rows - margin]


def time_ticks(seconds: float, width: float) -> Ticks:
    """Ticks at round times, at most one in 88 pixels, none so near an edge that its label would be cut."""
    step = _round_step(seconds * _TICK_WIDTH / max(width, 1))
    margin = seconds * 20 / max(width, 1)
    times = [step * index for index in range(1, math.ceil(seconds / step) + 1)]
    return [(time, _time_label(time, seconds)) for time in times if margin <= time <= seconds - margin]


def past_time_ticks(seconds: float, width: float) -> Ticks:
    """Ticks of a picture whose right edge is now: `−2 s` is two seconds ago; positions are from the left edge."""
    return [(seconds - time, f"{MINUS}{text}") for time, text in reversed(time_ticks(seconds, width))]


def _round_step(least: float) -> float:
    """Smallest 1, 2 or 5 times a power of ten that is at least `least` (> 0)."""
    decade = 10.0 ** math.floor(math.log10(least))
    return next(decade * factor for factor in (1, 2, 5, 10) if decade * factor >= least * (1 - 1e-9))


def _time_label(time: float, seconds: float) -> str:
    return f"{time:.4g} s" if seconds < 60 else clock(time).split(".")[0]
