"""Status lines and the end of a training process, kept until the window takes them. No Qt."""

import threading
from collections import deque
from collections.abc import Callable

from distill_app.training.run.status import TrainingStatus
from distill_app.workers.training.process import TrainingEnd

_LENGTH_MAX = 2_000


class EventBuffer:
    """Buffer between the thread of a `TrainingProcess` and the window.

    Args:
        wake: called in the thread of the process, once for all events until the next `take`.
    """

    def __init__(self, wake: Callable[[], None]) -> None:
        self._wake = wake
        self._statuses: deque[TrainingStatus] = deque(maxlen=_LENGTH_MAX)
        self._end: TrainingEnd | None = None
        self._is_awake = self._is_closed = False
        self._lock = threading.Lock()

    def add_status(self, status: TrainingStatus) -> None:
        with self._lock:
            self._statuses.append(status)
            self._wake_once()

    def add_end(self, end: TrainingEnd) -> None:
        with self._lock:
            self._end = end
            self._wake_once()

    def _wake_once(self) -> None:
        if not (self._is_awake or self._is_closed):
            self._is_awake = True
            self._wake()

    def take(self) -> tuple[list[TrainingStatus], TrainingEnd | None]:
        """Events since the last call, the oldest first."""
        with self._lock:
            statuses, self._is_awake = list(self._statuses), False
            self._statuses.clear()
            end, self._end = self._end, None
        return statuses, end

    def close(self) -> None:
        """From now on `wake` is not called."""
        with self._lock:
            self._is_closed = True
