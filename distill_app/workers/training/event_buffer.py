"""What a training tells in its own thread, kept until the window looks. No Qt."""

import threading
from collections import deque
from collections.abc import Callable

from distill_app.training.run.status import TrainingStatus
from distill_app.workers.training.process import TrainingEnd

_LINES_MAX = 2_000


class EventBuffer:
    """Of one run.

    Args:
        wake: called in the thread that tells, once for all that comes until the next `take`.
    """

    def __init__(self, wake: Callable[[], None]) -> None:
        self._wake = wake
        self._lines: deque[TrainingStatus] = deque(maxlen=_LINES_MAX)
        self._end: TrainingEnd | None = None
        self._woken = self._closed = False
        self._lock = threading.Lock()

    def tell(self, line: TrainingStatus) -> None:
        with self._lock:
            self._lines.append(line)
            self._call()

    def end(self, end: TrainingEnd) -> None:
        with self._lock:
            self._end = end
            self._call()

    def _call(self) -> None:
        if not (self._woken or self._closed):
            self._woken = True
            self._wake()

    def take(self) -> tuple[list[TrainingStatus], TrainingEnd | None]:
        """What has come since the last time, the oldest first."""
        with self._lock:
            lines, self._woken = list(self._lines), False
            self._lines.clear()
            end, self._end = self._end, None
        return lines, end

    def close(self) -> None:
        """Nobody looks any more: from now on `wake` is not called."""
        with self._lock:
            self._closed = True
