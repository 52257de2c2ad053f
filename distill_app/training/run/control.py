"""What the hand asks of a training while it runs."""

import time
from collections.abc import Callable

_LOOK_SECONDS = 0.05


def nothing() -> None: ...


class Control:
    """Asked from any thread or signal handler, looked at by the training between two steps.

    Plain values without a lock: a signal may come at any moment, also while a lock would be held.
    """

    def __init__(self) -> None:
        self.paused = False
        self.stopped = False
        self.left = False

    def pause(self) -> None:
        self.paused = True

    def go_on(self) -> None:
        self.paused = False

    def stop(self) -> None:
        """Learn no more, and keep the best so far as a model."""
        self.stopped = True

    def leave(self) -> None:
        """Write down where it stands and end; a resumed training goes on from there."""
        self.left = True

    @property
    def ended(self) -> bool:
        return self.stopped or self.left

    def wait(self, meanwhile: Callable[[], object] = nothing) -> None:
        """Returns when it is not paused, or ended. Calls `meanwhile` again and again, at least once a second."""
        while self.paused and not self.ended:
            meanwhile()
            time.sleep(_LOOK_SECONDS)
