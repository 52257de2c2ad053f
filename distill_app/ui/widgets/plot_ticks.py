"""Where the ticks of the pictures stand. Pure arithmetic."""

import math

from distill_app.dsp.log_frequency import FrequencyScale
from distill_app.ui.style.format import MINUS, clock, tick

Ticks = list[tuple[float, str]]
_FINE_HZ = (20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 20_000)
_COARSE_HZ = (100, 1_000, 10_000)
_TICK_HEIGHT, _TICK_WIDTH = 24, 88


def frequency_ticks(scale: FrequencyScale, height: float) -> Ticks:
    """Round frequencies within the picture, `height` pixels high; positions in rows, at the rows' middles."""
    room = height / _TICK_HEIGHT
    wanted = _FINE_HZ if room >= len(_FINE_HZ) else _COARSE_HZ
    middles = [(scale.row(hz) + 0.5, tick(hz)) for hz in wanted]
    margin = scale.rows * 8 / max(height, 1)
    return [(row, text) for row, text in middles if margin <= row <= scale.rows - margin]


def time_ticks(seconds: float, width: float) -> Ticks:
    """Round moments, at most one in 88 pixels, none so near an edge that its text would be cut."""
    step = round_step(seconds * _TICK_WIDTH / max(width, 1))
    margin = seconds * 20 / max(width, 1)
    moments = [step * index for index in range(1, math.ceil(seconds / step) + 1)]
    return [(moment, _moment(moment, seconds)) for moment in moments if margin <= moment <= seconds - margin]


def past_ticks(seconds: float, width: float) -> Ticks:
    """The same of a picture whose right edge is now: positions from the left edge, `−2 s` being two seconds ago."""
    return [(seconds - moment, f"{MINUS}{text}") for moment, text in reversed(time_ticks(seconds, width))]


def round_step(least: float) -> float:
    """1, 2 or 5 times a power of ten, at least so much (more than 0)."""
    decade = 10.0 ** math.floor(math.log10(least))
    return next(decade * factor for factor in (1, 2, 5, 10) if decade * factor >= least * (1 - 1e-9))


def _moment(moment: float, seconds: float) -> str:
    return f"{moment:.4g} s" if seconds < 60 else clock(moment).split(".")[0]
