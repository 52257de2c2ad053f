"""The thread that fetches and imports vocoders: network and disk, never torch."""

import threading
from collections.abc import Callable, Generator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QElapsedTimer, QObject, QThread, Signal

from distill_app.common.errors import DistillError
from distill_app.common.logging_setup import logger, unexpected_error_message
from distill_app.vocoders.weights.manager import WeightManager
from distill_app.vocoders.weights.transfer import TransferProgress
from distill_app.workers.background_job import run_in_background

_TELL_MS = 100
"""So often is told how far it is: more than the eye follows would only keep the window busy."""

Job = Callable[[WeightManager], Generator[TransferProgress, None, str]]


class Downloads(QObject):
    """What the window sees: its methods return at once, its signals answer in the window's thread.

    One thing is done at a time; what is asked for meanwhile waits in a row.
    """

    progressed = Signal(str, object, object)
    """What is under way (an id, or the name of a folder that is imported), bytes done, bytes in all."""
    finished = Signal(str)
    """A vocoder of that id was installed."""
    removed = Signal(str)
    failed = Signal(str, str)
    """What was under way, and a sentence."""
    cancelled = Signal(str)
    """What was under way or waited; what had come is kept, and is not fetched again."""
    _asked = Signal(object)

    def __init__(self, manager: WeightManager, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._thread = QThread(self)
        self._thread.setObjectName("distill-downloads")
        self._worker = _Worker(manager)
        self._worker.moveToThread(self._thread)
        self._asked.connect(self._worker.work)
        for name in ("progressed", "finished", "removed", "failed", "cancelled"):
            getattr(self._worker, name).connect(getattr(self, name))

    def start(self, name: str) -> None:
        """Fetches the vocoder of that id. Only to be asked after the person agreed to its size and licence."""
        self._ask(name, lambda manager: _download(manager, name))

    def import_folder(self, folder: Path) -> None:
        """Installs the vocoder that lies in a folder; `finished` tells under which id."""
        self._ask(folder.name, lambda manager: manager.import_folder(folder))

    def remove(self, name: str) -> None:
        """Deletes a vocoder that was downloaded or imported."""
        self._ask(name, lambda manager: _remove(manager, name), removes=True)

    def cancel(self) -> None:
        """Gives up what is under way and what waits."""
        self._worker.cancel()

    def close(self) -> None:
        """Gives up everything and waits for the thread."""
        self.cancel()
        self._thread.quit()
        self._thread.wait()

    def _ask(self, name: str, job: Job, removes: bool = False) -> None:
        if not self._thread.isRunning():
            self._thread.start()
        self._asked.emit(_Asked(name, job, removes, self._worker.number))


@dataclass(frozen=True)
class _Asked:
    """One job. It is stale where the worker's number is another by now."""

    name: str
    job: Job
    removes: bool
    number: int


class _Worker(QObject):
    progressed = Signal(str, object, object)
    finished = Signal(str)
    removed = Signal(str)
    failed = Signal(str, str)
    cancelled = Signal(str)

    def __init__(self, manager: WeightManager) -> None:
        super().__init__()
        self._manager = manager
        self._lock, self._before = threading.Lock(), threading.Lock()
        self.number = 0

    def cancel(self) -> None:
        """From another thread."""
        with self._lock:
            self.number += 1

    def work(self, asked: _Asked) -> None:
        try:
            name = self._done(asked)
        except DistillError as error:
            logger.info("vocoder %s: %s", asked.name, error, exc_info=error)
            self.failed.emit(asked.name, str(error))
        except Exception as error:  # noqa: BLE001 - the last door: a sentence for the person, the trace in the log
            logger.exception("vocoder %s", asked.name)
            self.failed.emit(asked.name, unexpected_error_message(error))
        else:
            self._answer(asked, name)

    def _answer(self, asked: _Asked, name: str | None) -> None:
        if name is None:
            self.cancelled.emit(asked.name)
        else:
            (self.removed if asked.removes else self.finished).emit(name)

    def _done(self, asked: _Asked) -> str | None:
        """Its result, None where it was cancelled: at once, though a silent server may keep the job from its end."""
        with closing(run_in_background(self._told(asked), self._before)) as job:
            while asked.number == self.number:
                try:
                    next(job)
                except StopIteration as end:
                    return end.value
        return None

    def _told(self, asked: _Asked) -> Generator[float, None, str]:
        """The job's steps, told from its own thread."""
        clock = QElapsedTimer()
        with closing(asked.job(self._manager)) as steps:
            while True:
                try:
                    amount = next(steps)
                except StopIteration as end:
                    return end.value
                self._tell(asked, amount, clock)
                yield amount.done_bytes / amount.total_bytes

    def _tell(self, asked: _Asked, amount: TransferProgress, clock: QElapsedTimer) -> None:
        whole = amount.done_bytes == amount.total_bytes
        due = whole or not clock.isValid() or clock.elapsed() >= _TELL_MS
        if due and not asked.removes and asked.number == self.number:
            self.progressed.emit(asked.name, amount.done_bytes, amount.total_bytes)
            clock.start()


def _download(manager: WeightManager, name: str) -> Generator[TransferProgress, None, str]:
    yield from manager.download(name, agreed=True)
    return name


def _remove(manager: WeightManager, name: str) -> Generator[TransferProgress, None, str]:
    manager.remove(name)
    yield TransferProgress(1, 1)
    return name
