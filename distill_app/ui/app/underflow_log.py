"""Counter of recent underflows of the sound device."""

import time
from collections import deque
from collections.abc import Callable

_QUIET_SECONDS = 60.0
_KEPT = 1000


class UnderflowLog:
    """Counts underflows until a minute has passed without one.

    Args:
        clock: seconds that only go forward.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._moments: deque[float] = deque(maxlen=_KEPT)
        self._total = 0

    def note(self, total: int) -> None:
        """`total` is what the device has counted since it was opened; a smaller one is another device's."""
        more = total - self._total if total >= self._total else total
        self._total = total
        self._moments.extend([self._clock()] * min(more, _KEPT))
        if self._moments and self._clock() - self._moments[-1] >= _QUIET_SECONDS:
            self._moments.clear()

    def forget(self) -> None:
        """The device is opened in another way: what was before says nothing any more."""
        self._moments.clear()

    @property
    def count(self) -> int:
        """Since the last minute without one."""
        return len(self._moments)

    @property
    def last_minute(self) -> int:
        """Within the last minute."""
        begin = self._clock() - _QUIET_SECONDS
        return sum(moment > begin for moment in self._moments)
