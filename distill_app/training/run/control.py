"""Requests of the user to a running training."""

import time
from collections.abc import Callable

_POLL_SECONDS = 0.05


def nothing() -> None: ...


class Control:
    """Flags that any thread or signal handler sets and that the training polls between two steps.

    Plain values without a lock: a signal may arrive at any moment, also while a lock would be held.
    """

    def __init__(self) -> None:
        self.paused = False
        self.stopped = False
        self.suspended = False

    def pause(self) -> None:
        self.paused = True

    def resume(self) -> None:
        self.paused = False

    def stop(self) -> None:
        """Ends the learning and keeps the best network so far as a model."""
        self.stopped = True

    def suspend(self) -> None:
        """Ends the training after a checkpoint from which it can be resumed."""
        self.suspended = True

    @property
    def ended(self) -> bool:
        return self.stopped or self.suspended

    def wait(self, meanwhile: Callable[[], object] = nothing) -> None:
        """Blocks while paused and not ended, calling `meanwhile` at least once a second."""
        while self.paused and not self.ended:
            meanwhile()
            time.sleep(_POLL_SECONDS)
