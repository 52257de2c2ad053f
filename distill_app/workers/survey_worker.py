"""Reads the corpora for the table: a thread steps through the survey, and the window hears of it ten times a second."""

import logging
import threading
import time
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal

from distill_app.common.errors import DistillError
from distill_app.common.logging_setup import unexpected_error_message
from distill_app.corpus.survey import Survey, SurveyedFile, SurveyProgress, survey
from distill_app.project.corpora import CorpusSpec

_TELL_SECONDS = 0.1

Steps = Callable[[Sequence[CorpusSpec]], Generator[SurveyProgress, None, Survey]]

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class SurveyBatch:
    """How far it is: files done, in all, the one at work, and the rows that came since the last time."""

    done: int
    total: int
    name: str
    rows: tuple[SurveyedFile, ...]


class SurveyWorker(QObject):
    """The newest request alone is answered, in the thread that this was made in.

    Args:
        steps: reads; another one for tests.
    """

    read = Signal(object)
    """A Reading."""
    finished = Signal(object)
    """The Survey."""
    failed = Signal(str)
    """A sentence."""
    _told = Signal(int, object)

    def __init__(self, parent: QObject | None = None, steps: Steps = survey) -> None:
        super().__init__(parent)
        self._steps = steps
        self._number = 0
        self._thread: threading.Thread | None = None
        self._before = threading.Lock()
        self.busy = False
        self._told.connect(self._on_told)

    def ask(self, corpora: Sequence[CorpusSpec]) -> None:
        """Reads these; what was asked for before is given up."""
        self._number += 1
        self.busy = True
        job = self._number, tuple(corpora)
        self._thread = threading.Thread(target=self._run, args=job, name="distill-survey", daemon=True)
        self._thread.start()

    def cancel(self) -> None:
        """Gives up what was asked for."""
        self._number += 1
        self.busy = False

    def close(self) -> None:
        """Waits for the step under way."""
        self.cancel()
        if self._thread is not None:
            self._thread.join()

    def _run(self, number: int, corpora: tuple[CorpusSpec, ...]) -> None:
        """In the thread, one at a time. At the usual priority: others would wait for a slow holder of Python's lock."""
        with self._before:
            try:
                answer: object = self._stepped(number, corpora)
            except DistillError as error:
                answer = str(error)
            except Exception as error:  # noqa: BLE001 - the last door: a sentence for the person, the trace in the log
                _log.exception("the survey")
                answer = unexpected_error_message(error)
            self._told.emit(number, answer)

    def _stepped(self, number: int, corpora: tuple[CorpusSpec, ...]) -> Survey | None:
        steps, rows, told = self._steps(corpora), list[SurveyedFile](), time.monotonic()
        while number == self._number:
            try:
                progress = next(steps)
            except StopIteration as end:
                return end.value
            rows += [progress.file] if progress.file is not None else []
            if time.monotonic() - told >= _TELL_SECONDS:
                self._told.emit(number, SurveyBatch(progress.done, progress.total, progress.name, tuple(rows)))
                rows, told = [], time.monotonic()
        steps.close()
        return None

    def _on_told(self, number: int, answer: object) -> None:
        if number != self._number or answer is None:
            return
        if isinstance(answer, SurveyBatch):
            self.read.emit(answer)
            return
        self.busy = False
        if isinstance(answer, Survey):
            self.finished.emit(answer)
        else:
            self.failed.emit(str(answer))
