"""Frame rate of the picture: up to sixty frames a second, fewer where drawing them is expensive."""

import time
from collections.abc import Callable

SHORTEST_MS, LONGEST_MS = 16, 33
_SHARE = 1 / 30
"""Share of one core that drawing may take."""
_SMOOTHING = 0.1
"""Weight of the newest cost in the running average."""


class FrameRate:
    """Interval between frames, from the measured cost of a frame in this thread, painting included.

    Args:
        thread_seconds: processor time of this thread.
    """

    def __init__(self, thread_seconds: Callable[[], float] = time.thread_time) -> None:
        self._thread_seconds = thread_seconds
        self._before = thread_seconds()
        self._cost_seconds = 0.0

    def next_ms(self) -> int:
        """Milliseconds until the next frame; called once after each frame."""
        now = self._thread_seconds()
        self._cost_seconds += _SMOOTHING * (now - self._before - self._cost_seconds)
        self._before = now
        return min(max(round(1000 * self._cost_seconds / _SHARE), SHORTEST_MS), LONGEST_MS)
