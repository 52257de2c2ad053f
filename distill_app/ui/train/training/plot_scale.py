"""Where values and moments of a training stand in its curve. Pure arithmetic."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRect

from distill_app.ui.train.training.format import clock_of
from distill_app.ui.widgets.plot_ticks import Ticks, round_step

_SETTLED = 0.2
"""Of the time: what lies before it does not stretch the axis, for a training begins far above where it ends."""
_LEAST = 0.03
"""A curve that lies level is not blown up beyond this share of its height, above and below."""
_TICK_HEIGHT, _TICK_WIDTH = 32, 88

Points = Sequence[tuple[float, float]]


@dataclass(frozen=True)
class Range:
    """Of values on an axis."""

    low: float
    high: float

    def share(self, value: float) -> float:
        """0 … 1 within it."""
        return (value - self.low) / (self.high - self.low)


def range_of(points: Points, margin: float = 0.1) -> Range:
    """What the points lie in once they have settled, with a little air."""
    last = points[-1][0]
    values = [value for moment, value in points if moment >= _SETTLED * last]
    low, high = min(values), max(values)
    air = max(margin * (high - low), _LEAST * abs(high), 1e-3)
    return Range(low - air, high + air)


def level_ticks(shown: Range, height: float) -> Ticks:
    """Round levels within it in dB, at most one in 32 pixels."""
    step = round_step((shown.high - shown.low) * _TICK_HEIGHT / max(height, 1))
    digits = max(0, -math.floor(math.log10(step) + 1e-9))
    first, last = math.ceil(shown.low / step), math.floor(shown.high / step)
    return [(number * step, f"{number * step:.{digits}f} dB") for number in range(first, last + 1)]


@dataclass(frozen=True)
class Plane:
    """A picture of values over time: `seconds` wide, as high as `shown`, both linear."""

    place: QRect
    seconds: float
    shown: Range

    def x(self, seconds: float) -> float:
        return self.place.left() + seconds / self.seconds * self.place.width()

    def y(self, value: float) -> float:
        return self.place.bottom() - self.shown.share(value) * self.place.height()

    def points(self, values: Points) -> list[QPointF]:
        """In pixels; a curve has hundreds of them, and is painted again and again."""
        left, across = self.place.left(), self.place.width() / self.seconds
        up = self.place.height() / (self.shown.high - self.shown.low)
        foot = self.place.bottom() + self.shown.low * up
        return [QPointF(left + across * moment, foot - up * value) for moment, value in values]


def time_ticks(seconds: float, width: float) -> Ticks:
    """Round moments from 0 on, at most one in 88 pixels."""
    step = _round_time(seconds * _TICK_WIDTH / max(width, 1))
    return [(step * index, clock_of(step * index)) for index in range(int(seconds / step + 1e-9) + 1)]


def _round_time(least: float) -> float:
    """A round number of seconds, minutes or hours, at least so many seconds."""
    if least <= 60:
        return next((step for step in (1, 2, 5, 10, 15, 30, 60) if step >= least), 60)
    if least <= 3600:
        return next((60.0 * step for step in (2, 5, 10, 15, 30, 60) if 60 * step >= least), 3600.0)
    return 3600 * round_step(least / 3600)
