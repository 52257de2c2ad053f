"""What is known of the recordings: read again where others come, kept where they are only switched on or off."""

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
    """The rows of every corpus of the desk."""

    begun = Signal()
    """All rows are gone, and come anew."""
    came = Signal(object)
    """A Reading, with rows that came."""
    changed = Signal()
    """All rows are there."""
    notified = Signal(object)
    """A Message."""

    def __init__(self, document: ProjectDocument, surveying: SurveyWorker | None = None) -> None:
        super().__init__(document)
        self._document, self._surveying = document, surveying or SurveyWorker(self)
        self._rows: dict[str, Rows] = defaultdict(list)
        self._live: dict[str, _Chosen] = {}
        self._missing: frozenset[Path] = frozenset()
        self._asked: object = None
        document.changed.connect(self.look)
        self._surveying.read.connect(self._on_read)
        self._surveying.finished.connect(self._on_finished)
        self._surveying.failed.connect(self._on_failed)

    @property
    def busy(self) -> bool:
        return self._surveying.busy

    def look(self, again: bool = False) -> None:
        """Reads the recordings where the corpora name other ones, or `again`."""
        corpora = self._document.corpora
        wanted = self._document.folder, [(corpus.name, corpus.sources, corpus.kind) for corpus in corpora]
        if wanted == self._asked and not again:
            return
        self._asked = wanted
        self._forget()
        self._missing = frozenset()
        if corpora:
            self._surveying.ask(corpora)
        else:
            self._surveying.cancel()
        self.begun.emit()

    def rows(self, corpus: CorpusSpec) -> Rows:
        """As far as they have come, learned from as the corpus says now."""
        return self._chosen(corpus).rows

    def _chosen(self, corpus: CorpusSpec) -> "_Chosen":
        known = self._live.get(corpus.name)
        if known is None or known.corpus != corpus:
            known = self._live[corpus.name] = _Chosen(corpus, [])
        known.take(self._rows[corpus.name])
        return known

    def missing(self, corpus: CorpusSpec) -> Sequence[Path]:
        """Its sources that were not there when they were looked for."""
        return [source for source in corpus.sources if source in self._missing]

    def amount(self, corpus: CorpusSpec) -> CorpusTotals:
        """What is learned from of one corpus."""
        return self._chosen(corpus).amount

    def whole(self) -> CorpusTotals:
        """What is learned from of all that are switched on."""
        return sum((self.amount(corpus) for corpus in self._document.corpora if is_on(corpus)), CorpusTotals())

    def _on_read(self, reading: SurveyBatch) -> None:
        for row in reading.rows:
            self._rows[row.corpus.name].append(row)
        self.came.emit(reading)

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
        self._surveying.close()


@dataclass
class _Chosen:
    """Rows as a corpus says now, and what is learned from of them."""

    corpus: CorpusSpec
    rows: Rows
    amount: CorpusTotals = field(default_factory=CorpusTotals)

    def take(self, rows: Rows) -> None:
        """Those that came since the last time."""
        new = as_chosen(rows[len(self.rows) :], self.corpus)
        if new:
            self.rows += new
            self.amount += totals_of(new)


def as_chosen(rows: Sequence[SurveyedFile], corpus: CorpusSpec) -> Rows:
    """Only those that are otherwise now are made anew: a corpus may have thousands, and the hand waits.

    Their own corpus keeps what it says of single files; of it only the mode counts for a row.
    """
    folders: dict[Path, bool] = {}
    found: Rows = []
    for row in rows:
        excluded = bool(corpus.excluded) and _is_within(row.path, corpus.excluded, folders)
        owner = row.corpus if row.corpus.mode == corpus.mode else corpus
        same = excluded == row.excluded and owner is row.corpus
        found.append(row if same else replace(row, excluded=excluded, corpus=owner))
    return found


def _is_within(path: Path, out: frozenset[Path], folders: dict[Path, bool]) -> bool:
    """Whether the path or a folder around it is one of these; `folders` remembers for the next one."""
    if path in out:
        return True
    folder = path.parent
    if folder == path:
        return False
    if folder not in folders:
        folders[folder] = _is_within(folder, out, folders)
    return folders[folder]
