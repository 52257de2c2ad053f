"""Checkpoint store of a training, locked against other programs."""

import os
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Generic

from distill_app.common.atomic_io import write_error_message
from distill_app.common.errors import TrainingError
from distill_app.common.file_lock import HeldElsewhereError, Lock
from distill_app.common.logging_setup import logger
from distill_app.common.owned_files import NotOwnedError, check_owned_folder, remove_file, remove_folder_if_unused
from distill_app.common.temp_files import remove_stale
from distill_app.common.training_paths import LOCK
from distill_app.training.run.checkpoint_file import CheckpointCodec, StateT


class Checkpoints(Generic[StateT]):
    """Store of the one checkpoint of a training, which each save replaces.

    As a context it locks the training against other programs. A full or missing disk does not end the training:
    `trouble` reports it until a checkpoint succeeds.

    Args:
        out: file that is trained into.
        path: of the checkpoint, in a folder of its own.
        codec: writer and reader of checkpoints.
        seconds: between two checkpoints; the first one is due at once.
    """

    def __init__(
        self,
        out: Path,
        path: Path,
        codec: CheckpointCodec[StateT],
        seconds: float,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._out, self._path, self._codec, self._seconds, self._clock = out, path, codec, seconds, clock
        self._lock = Lock(self._path.with_name(LOCK), f"“{out.name}”")
        self._saved = float("-inf")
        self.trouble = ""

    def __enter__(self) -> "Checkpoints[StateT]":
        """Raises TrainingError where another program trains into the same file, or nothing can be written there."""
        is_new = not os.path.lexists(self._folder)
        try:
            self._open()
        except HeldElsewhereError as error:
            raise TrainingError(
                f"“{self._out.name}” is being trained by another window or program; wait until that ends."
            ) from error
        except NotOwnedError as error:
            raise TrainingError(f"{error.strerror}; take it away, or choose another name for the model.") from error
        except OSError as error:
            if is_new:
                self._remove_unused()
            raise TrainingError(write_error_message(self._folder, error)) from error
        return self

    @property
    def _folder(self) -> Path:
        return self._path.parent

    def _open(self) -> None:
        """Creates and locks the folder, and removes temporary files of a program that was killed."""
        if not os.path.lexists(self._folder):
            self._folder.mkdir()
        folder = check_owned_folder(self._folder, self._out.parent)
        for link in (path for path in folder.iterdir() if path.is_symlink()):
            raise NotOwnedError(link, "is a link")
        self._lock.acquire()
        if self._lock.trouble:
            logger.warning(self._lock.trouble)
        remove_stale(folder)

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _: TracebackType | None
    ) -> None:
        self._remove_unused()
        self._lock.release()
        self._remove_unused()  # again, for systems where no file can be removed that is held

    def load(self) -> StateT | None:
        """Checkpoint, None where there is none. Raises TrainingError where it is damaged."""
        return self._codec.load(self._path) if self._path.is_file() else None

    def due(self) -> bool:
        return self._clock() - self._saved >= self._seconds

    def save(self, state: StateT) -> None:
        try:
            self._codec.save(state, self._path)
            self.trouble = ""
        except TrainingError as error:
            self.trouble = str(error)
        self._saved = self._clock()

    def remove(self, *others: str) -> None:
        """Removes the checkpoint and other files beside it; an empty folder is removed at exit."""
        for name in (self._path.name, *others):
            try:
                remove_file(self._folder / name, self._folder)
            except OSError as error:
                logger.warning("“%s” cannot be removed: %s", name, error)

    def _remove_unused(self) -> None:
        try:
            remove_folder_if_unused(self._folder, self._out.parent, [LOCK])
        except OSError as error:
            logger.debug("“%s” stays: %s", self._folder.name, error)
