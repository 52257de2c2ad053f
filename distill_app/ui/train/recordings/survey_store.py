"""Survey of the project's recordings, kept while files are only switched on or off."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from distill_app.corpus.survey import Survey, SurveyedFile
from distill_app.project.corpora import CorpusSpec
from distill_app.ui.train.project.document import ProjectDocument
from distill_app.ui.train.project.edits import is_on
from distill_app.ui.train.recordings.totals import CorpusTotals, totals_of
from distill_app.ui.widgets.toast import Message
from distill_app.workers.survey_worker import SurveyBatch, SurveyWorker

Rows = list[SurveyedFile]


class SurveyStore(QObject):
    """Surveys every sound set of the document and keeps the resulting rows.

    Args:
        worker: a SurveyWorker of its own by default.
    """

    begun = Signal()
    """A survey has started; all rows were removed."""
    batch_read = Signal(object)
    """Rows were added; carries a SurveyBatch."""
    changed = Signal()
    """The survey is complete."""
    notified = Signal(object)
    """Carries a Message."""

    def __init__(self, document: ProjectDocument, worker: SurveyWorker | None = None) -> None:
        super().__init__(document)
        self._document, self._worker = document, worker or SurveyWorker(self)
        self._rows: dict[str, Rows] = defaultdict(list)
        self._live: dict[str, _CorpusRows] = {}
        self._missing: frozenset[Path] = frozenset()
        self._surveyed: object = None
        """Folder and sources of the last survey."""
        document.changed.connect(self.survey_if_needed)
        self._worker.read.connect(self._on_read)
        self._worker.finished.connect(self._on_finished)
        self._worker.failed.connect(self._on_failed)

    @property
    def busy(self) -> bool:
        return self._worker.busy

    def survey_if_needed(self) -> None:
        """Surveys the recordings where the sources of the sound sets have changed."""
        corpora = self._document.corpora
        sources = self._document.folder, [(corpus.name, corpus.sources, corpus.kind) for corpus in corpora]
        if sources != self._surveyed:
            self._surveyed = sources
            self.survey()

    def survey(self) -> None:
        """Surveys all recordings again."""
        corpora = self._document.corpora
        self._forget()
        self._missing = frozenset()
        if corpora:
            self._worker.start(corpora)
        else:
            self._worker.cancel()
        self.begun.emit()

    def rows(self, corpus: CorpusSpec) -> Rows:
        """Files of a sound set surveyed so far, with its current exclusions and mode."""
        return self._rows_of(corpus).rows

    def _rows_of(self, corpus: CorpusSpec) -> "_CorpusRows":
        known = self._live.get(corpus.name)
        if known is None or known.corpus != corpus:
            known = self._live[corpus.name] = _CorpusRows(corpus, [])
        known.add_new(self._rows[corpus.name])
        return known

    def missing(self, corpus: CorpusSpec) -> Sequence[Path]:
        """Sources of a sound set that did not exist at the last survey."""
        return [source for source in corpus.sources if source in self._missing]

    def totals(self, corpus: CorpusSpec) -> CorpusTotals:
        """Totals of the included files of one sound set."""
        return self._rows_of(corpus).totals

    def all_totals(self) -> CorpusTotals:
        """Totals of the included files of all sound sets that are switched on."""
        return sum((self.totals(corpus) for corpus in self._document.corpora if is_on(corpus)), CorpusTotals())

    def _on_read(self, batch: SurveyBatch) -> None:
        for row in batch.rows:
            self._rows[row.corpus.name].append(row)
        self.batch_read.emit(batch)

    def _on_finished(self, survey: Survey) -> None:
        self._forget()
        for row in survey.files:
            self._rows[row.corpus.name].append(row)
        skipped = {each.name for each in survey.skipped}
        sources = (source for corpus in self._document.corpora for source in corpus.sources)
        self._missing = frozenset(source for source in sources if str(source) in skipped)
        self.changed.emit()

    def _on_failed(self, sentence: str) -> None:
        self.notified.emit(Message("error", sentence))
        self.changed.emit()

    def _forget(self) -> None:
        self._rows.clear()
        self._live.clear()

    def close(self) -> None:
        self._worker.close()


@dataclass
class _CorpusRows:
    """Rows of a sound set in its current state, and their totals."""

    corpus: CorpusSpec
    rows: Rows
    totals: CorpusTotals = field(default_factory=CorpusTotals)

    def add_new(self, rows: Rows) -> None:
        """Adds the rows after those that were added before."""
        new = updated_rows(rows[len(self.rows) :], self.corpus)
        if new:
            self.rows += new
            self.totals += totals_of(new)


def updated_rows(rows: Sequence[SurveyedFile], corpus: CorpusSpec) -> Rows:
    """Rows with the exclusions and the mode of `corpus`; unchanged rows are not copied, for there may be thousands."""
    folders: dict[Path, bool] = {}
    result: Rows = []
    for row in rows:
        excluded = bool(corpus.excluded) and _is_within(row.path, corpus.excluded, folders)
        owner = row.corpus if row.corpus.mode == corpus.mode else corpus
        unchanged = excluded == row.excluded and owner is row.corpus
        result.append(row if unchanged else replace(row, excluded=excluded, corpus=owner))
    return result


def _is_within(path: Path, excluded: frozenset[Path], folders: dict[Path, bool]) -> bool:
    """Whether the path or one of its parents is excluded.

    Args:
        folders: cache of the answers for parent folders.
    """
    if path in excluded:
        return True
    folder = path.parent
    if folder == path:
        return False
    if folder not in folders:
        folders[folder] = _is_within(folder, excluded, folders)
    return folders[folder]
