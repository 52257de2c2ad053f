"""Downloads, imports and removals of vocoders in a thread: network and disk, never torch."""

import math
import time
from collections.abc import Generator
from contextlib import closing
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Signal, SignalInstance

from distill_app.vocoders.weights.manager import WeightManager
from distill_app.vocoders.weights.transfer import TransferProgress
from distill_app.workers.background_job import BackgroundJobs, Job, single_step

_REPORT_SECONDS = 0.1


class Downloads(QObject):
    """Runs one job at a time, the others wait. Methods return at once; signals arrive in the thread of this object."""

    progressed = Signal(str, object, object)
    """Id (or name of the folder that is imported), bytes done, bytes in all."""
    finished = Signal(str)
    """Id of a vocoder that was installed."""
    removed = Signal(str)
    """Id."""
    failed = Signal(str, str)
    """Id (or name of a folder), and a sentence for the user."""
    cancelled = Signal(str)
    """Id (or name of a folder) of a job that ran or waited; the bytes received are kept for the next download."""

    def __init__(self, manager: WeightManager, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._manager = manager
        self._jobs = BackgroundJobs("distill-downloads", self)
        self._pending: list[str] = []

    def start(self, name: str) -> None:
        """Downloads the vocoder of that id, after the user agreed to its size and licence."""
        self._add(name, _throttled(_download(self._manager, name)), self.finished)

    def import_folder(self, folder: Path) -> None:
        """Installs the vocoder of a folder; `finished` carries its id."""
        self._add(folder.name, _throttled(self._manager.import_folder(folder)), self.finished)

    def remove(self, name: str) -> None:
        """Deletes a vocoder that was downloaded or imported."""
        self._add(name, single_step(lambda: _remove(self._manager, name)), self.removed)

    def cancel(self) -> None:
        """Cancels the current job and those that wait."""
        self._jobs.call_back()
        self._jobs.cancel()
        cancelled, self._pending = self._pending, []
        for name in cancelled:
            self.cancelled.emit(name)

    def close(self) -> None:
        """Cancels everything; does not wait, because a server may not answer."""
        self._jobs.cancel()
        self._pending.clear()

    def _add(self, name: str, job: Job, done: SignalInstance) -> None:
        self._pending.append(name)
        self._jobs.add(
            job, partial(self._on_end, done), partial(self._on_end, self.failed, name), partial(self._on_progress, name)
        )

    def _on_progress(self, name: str, progress: TransferProgress) -> None:
        self.progressed.emit(name, progress.done_bytes, progress.total_bytes)

    def _on_end(self, signal: SignalInstance, *values: str) -> None:
        self._pending.pop(0)
        signal.emit(*values)


def _download(manager: WeightManager, name: str) -> Generator[TransferProgress, None, str]:
    yield from manager.download(name, agreed=True)
    return name


def _remove(manager: WeightManager, name: str) -> str:
    manager.remove(name)
    return name


def _throttled(job: Generator[TransferProgress, None, str]) -> Generator[TransferProgress | None, None, str]:
    """Job that yields None instead of a progress that follows too soon on the one before."""
    reported = -math.inf
    with closing(job):
        while True:
            try:
                progress = next(job)
            except StopIteration as end:
                return end.value
            due = time.monotonic() - reported >= _REPORT_SECONDS or progress.done_bytes == progress.total_bytes
            reported = time.monotonic() if due else reported
            yield progress if due else None
