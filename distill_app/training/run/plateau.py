"""Plateau detection on the curve of validation errors."""

from collections.abc import Sequence
from typing import NamedTuple

MIN_POINTS, SETTLED_MIN_POINTS = 15, 6
"""Numbers of evaluations before which no plateau is reported, and no training ends by itself."""
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
    return len(curve) >= MIN_POINTS and _is_flat(curve)


def is_settled(curve: Sequence[Point]) -> bool:
    """Whether a training without a time of its own ends here; like `is_plateau`, but half a minute is enough."""
    return len(curve) >= SETTLED_MIN_POINTS and _is_flat(curve)


def _is_flat(curve: Sequence[Point]) -> bool:
    last = curve[-1].seconds
    earlier = min((point.error_db for point in curve if point.seconds <= _EARLIER_SHARE * last), default=float("inf"))
    return min(point.error_db for point in curve) > (1 - _REDUCTION_MIN) * earlier
