"""Survey of a project's recordings in a thread, reported to the window ten times a second."""

import time
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal

from distill_app.corpus.survey import Survey, SurveyedFile, SurveyProgress, survey
from distill_app.project.corpora import CorpusSpec
from distill_app.workers.background_job import BackgroundJobs

_REPORT_SECONDS = 0.1

Steps = Callable[[Sequence[CorpusSpec]], Generator[SurveyProgress, None, Survey]]


@dataclass(frozen=True)
class SurveyBatch:
    """Progress of a survey.

    Args:
        done: files surveyed.
        total: files in all.
        name: of the file being read.
        rows: files surveyed since the last report.
    """

    done: int
    total: int
    name: str
    rows: tuple[SurveyedFile, ...]


class SurveyWorker(QObject):
    """Runs one survey at a time; its signals arrive in the thread of this object.

    Args:
        steps: the survey; another one for tests.
    """

    read = Signal(object)
    """A SurveyBatch."""
    finished = Signal(object)
    """The Survey."""
    failed = Signal(str)
    """A sentence."""

    def __init__(self, parent: QObject | None = None, steps: Steps = survey) -> None:
        super().__init__(parent)
        self._steps = steps
        self._jobs = BackgroundJobs("distill-survey", self)
        self.busy = False

    def start(self, corpora: Sequence[CorpusSpec]) -> None:
        """Surveys these corpora; cancels the survey before."""
        self._jobs.cancel()
        self.busy = True
        self._jobs.add(_batches(self._steps(tuple(corpora))), self._on_result, self._on_error, self.read.emit)

    def cancel(self) -> None:
        self._jobs.cancel()
        self.busy = False

    def close(self) -> None:
        """Cancels, and waits for the step under way."""
        self.busy = False
        self._jobs.close()

    def _on_result(self, result: Survey) -> None:
        self.busy = False
        self.finished.emit(result)

    def _on_error(self, sentence: str) -> None:
        self.busy = False
        self.failed.emit(sentence)


def _batches(steps: Generator[SurveyProgress, None, Survey]) -> Generator[SurveyBatch | None, None, Survey]:
    """Collects the rows of the steps; yields None for the steps between two reports."""
    rows, reported = list[SurveyedFile](), time.monotonic()
    try:
        while True:
            progress = next(steps)
            rows += [progress.file] if progress.file is not None else []
            if time.monotonic() - reported >= _REPORT_SECONDS:
                yield SurveyBatch(progress.done, progress.total, progress.name, tuple(rows))
                rows, reported = [], time.monotonic()
            else:
                yield None
    except StopIteration as end:
        survey_result: Survey = end.value
        return survey_result
    finally:
        steps.close()
