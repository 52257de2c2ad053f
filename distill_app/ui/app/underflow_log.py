"""Counter of recent underflows of the sound device."""

import time
from collections import deque
from collections.abc import Callable

_QUIET_SECONDS = 60.0
_TIMES_MAX = 1000


class UnderflowLog:
    """Counts underflows until a minute has passed without one.

    Args:
        clock: monotonic time in seconds.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._times: deque[float] = deque(maxlen=_TIMES_MAX)
        self._total = 0

    def add(self, total: int) -> None:
        """Adds the new underflows of a device.

        Args:
            total: number since the device was opened; a smaller one than before is another device's.
        """
        more = total - self._total if total >= self._total else total
        self._total = total
        self._times.extend([self._clock()] * min(more, _TIMES_MAX))
        if self._times and self._clock() - self._times[-1] >= _QUIET_SECONDS:
            self._times.clear()

    def clear(self) -> None:
        """Forgets all underflows, as after a change of the device."""
        self._times.clear()

    @property
    def count(self) -> int:
        """Number of underflows since the last quiet minute."""
        return len(self._times)

    @property
    def last_minute(self) -> int:
        """Number of underflows within the last minute."""
        begin = self._clock() - _QUIET_SECONDS
        return sum(moment > begin for moment in self._times)
