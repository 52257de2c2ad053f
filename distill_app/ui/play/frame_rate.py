"""How often the window looks at what is played: sixty times a second where this is cheap, fewer where it is not."""

import time
from collections.abc import Callable

SHORTEST_MS, LONGEST_MS = 16, 33
_SHARE = 1 / 30
_FORGETS = 0.1  # the weight of the newest look


class FrameRate:
    """Asked once after every look; it measures what the looks cost this thread, the painting between them included.

    Args:
        spent: seconds of processor time of this thread.
    """

    def __init__(self, spent: Callable[[], float] = time.thread_time) -> None:
        self._spent = spent
        self._before = spent()
        self._cost_seconds = 0.0

    def next_ms(self) -> int:
        """So long until the next look that all of them together take a thirtieth of a core, within the limits."""
        now = self._spent()
        self._cost_seconds += _FORGETS * (now - self._before - self._cost_seconds)
        self._before = now
        return min(max(round(1000 * self._cost_seconds / _SHARE), SHORTEST_MS), LONGEST_MS)
