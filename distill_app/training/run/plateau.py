"""Plateau detection on the curve of validation errors."""

from collections.abc import Sequence
from typing import NamedTuple

MIN_POINTS = 15
"""Number of evaluations before which no plateau is reported."""
_EARLIER_SHARE = 2 / 3
_REDUCTION_MIN = 0.01


class Point(NamedTuple):
    """Validation error after so many seconds of training."""

    seconds: float
    error_db: float


def is_plateau(curve: Sequence[Point]) -> bool:
    """Whether the last third of the time has reduced the best error by less than a hundredth.

    It compares best with best, because the best network is the one kept: noise of the curve can only make both
    smaller. A share of the time, and not a number of minutes, fits a training of one minute and of one night.
    """
    if len(curve) < MIN_POINTS:
        return False
    last = curve[-1].seconds
    earlier = min((point.error_db for point in curve if point.seconds <= _EARLIER_SHARE * last), default=float("inf"))
    return min(point.error_db for point in curve) > (1 - _REDUCTION_MIN) * earlier
