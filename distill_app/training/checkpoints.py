"""When and where a training is written down, by one program at a time."""

import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Generic

from filelock import FileLock, Timeout

from distill_app.atomic import not_written
from distill_app.errors import TrainingError
from distill_app.training.places import LOCK
from distill_app.training.state_file import States, StateT


class Checkpoints(Generic[StateT]):
    """The one checkpoint of a training into the file `out`, replaced again and again.

    As a context it keeps every other program off this training. A disk that is full or gone while it lasts does not
    end it: `trouble` says so until a checkpoint succeeds.

    Args:
        path: of the checkpoint, in a folder of its own.
        states: how what it holds is written and read.
        seconds: between two of them; the first one is due at once.
    """

    def __init__(
        self,
        out: Path,
        path: Path,
        states: States[StateT],
        seconds: float,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._out, self._path, self._states, self._seconds, self._clock = out, path, states, seconds, clock
        self._lock = FileLock(self._path.with_name(LOCK), timeout=0)
        self._written = float("-inf")
        self.trouble = ""

    def __enter__(self) -> "Checkpoints[StateT]":
        """Raises TrainingError where another program trains into the same file, or nothing can be written there."""
        try:
            self._path.parent.mkdir(exist_ok=True)
            self._lock.acquire()
            self._tidy()
        except Timeout as error:
            raise TrainingError(
                f"“{self._out.name}” is being trained by another window or program; wait until that ends."
            ) from error
        except OSError as error:
            raise TrainingError(not_written(self._path.parent, error)) from error
        return self

    def _tidy(self) -> None:
        """Takes away what a program that was killed had begun to write."""
        for begun in self._path.parent.glob(".*"):
            begun.unlink(missing_ok=True)

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _: TracebackType | None
    ) -> None:
        self._lock.release()

    def load(self) -> StateT | None:
        """None where no training was broken off. Raises TrainingError where the checkpoint is damaged."""
        return self._states.load(self._path) if self._path.is_file() else None

    def due(self) -> bool:
        return self._clock() - self._written >= self._seconds

    def save(self, state: StateT) -> None:
        try:
            self._states.save(state, self._path)
            self.trouble = ""
        except TrainingError as error:
            self.trouble = str(error)
        self._written = self._clock()

    def remove(self) -> None:
        """The checkpoint, and its folder where nothing else lies in it."""
        self._path.unlink(missing_ok=True)
        if {path.name for path in self._path.parent.iterdir()} <= {LOCK}:
            self._path.with_name(LOCK).unlink(missing_ok=True)
            self._path.parent.rmdir()
