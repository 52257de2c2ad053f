"""Whether a training still learns: a rule on the curve of its held-out error."""

from collections.abc import Sequence
from typing import NamedTuple

LEAST_POINTS = 15
"""Before so many looks at the held-out sound nothing is said."""
_EARLIER = 2 / 3
_LITTLE = 0.01


class Point(NamedTuple):
    """A look at the held-out sound after so many seconds of training."""

    seconds: float
    error_db: float


def learns_little(curve: Sequence[Point]) -> bool:
    """True where the last third of the time has made the best error less than a hundredth smaller.

    It compares best with best, because the best network is the one kept: noise of the curve can only make both
    smaller. A share of the time, and not a number of minutes, fits a training of one minute and of one night.
    """
    if len(curve) < LEAST_POINTS:
        return False
    last = curve[-1].seconds
    earlier = min((point.error_db for point in curve if point.seconds <= _EARLIER * last), default=float("inf"))
    return min(point.error_db for point in curve) > (1 - _LITTLE) * earlier
