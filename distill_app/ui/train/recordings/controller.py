"""What the hand asks for of a corpus: more recordings, fewer, and how they are learned from."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QFileDialog

from distill_app.dsp.containers.detection import SUFFIXES
from distill_app.project.corpora import CorpusSpec, Mode
from distill_app.project.project import Project, relocate
from distill_app.ui.common.folders import music_folder
from distill_app.ui.train.project import edits
from distill_app.ui.train.project.document import ProjectDocument
from distill_app.ui.train.project.sound_sets import new_sets, outermost, set_with
from distill_app.ui.train.recordings.card import RecordingsCard
from distill_app.ui.train.recordings.duplicates import already_words
from distill_app.ui.train.recordings.hints import hint_items
from distill_app.ui.train.recordings.survey_store import SurveyStore
from distill_app.ui.train.recordings.totals import facts, totals_text
from distill_app.ui.widgets.toast import Message
from distill_app.workers.survey_worker import SurveyBatch

_FILTER = f"Sound files ({' '.join(sorted(f'*{suffix}' for suffix in SUFFIXES))})"

Change = Callable[[CorpusSpec], CorpusSpec]


class RecordingsController(QObject):
    """Binds the card to one corpus of the desk, and to what is known of its recordings."""

    corpus_made = Signal(str)
    """Its name: it shows from now on."""
    notified = Signal(object)
    """A Message."""

    def __init__(self, document: ProjectDocument, surveys: SurveyStore, card: RecordingsCard) -> None:
        super().__init__(card)
        self._document, self._surveys, self._card = document, surveys, card
        self.name = ""
        """Of the corpus that shows."""
        document.changed.connect(self.show)
        surveys.begun.connect(self._on_begun)
        surveys.came.connect(self._on_came)
        surveys.changed.connect(self._on_read)
        card.folder_asked.connect(self.ask_for_folder)
        card.files_asked.connect(self.ask_for_files)
        card.mode_chosen.connect(self.set_mode)
        card.removal_asked.connect(self.remove)
        card.model.check_asked.connect(self.learn_from)

    @property
    def corpus(self) -> CorpusSpec | None:
        return next((corpus for corpus in self._document.corpora if corpus.name == self.name), None)

    def choose(self, name: str) -> None:
        """Shows this corpus; "" for none."""
        self.name = name
        self.show()

    def show(self) -> None:
        """Silently."""
        corpus = self.corpus
        if corpus is None:
            self._card.show_nothing()
            return
        self._card.show_corpus(corpus, bool(self._document.read_only))
        self._card.model.set_rows(self._surveys.rows(corpus))
        self._show_words(corpus)

    def _show_words(self, corpus: CorpusSpec) -> None:
        """Advice waits until all is read."""
        rows, missing = self._surveys.rows(corpus), self._surveys.missing(corpus)
        hints = [] if self._surveys.busy else hint_items(rows, missing, bool(self._document.read_only), self)
        self._card.show_words(hints, totals_text(rows) if rows else "")

    def _on_begun(self) -> None:
        if self._surveys.busy:
            self._card.show_reading("Looking for recordings", 0.0)
        self.show()

    def _on_came(self, reading: SurveyBatch) -> None:
        self._card.show_reading(f"Reading “{reading.name}”", reading.done / max(1, reading.total))
        corpus = self.corpus
        if corpus is not None:
            known = len(self._card.model.rows)
            self._card.model.add_rows(self._surveys.rows(corpus)[known:])
            self._card.show_words([], " · ".join(facts(self._surveys.amount(corpus))))

    def _on_read(self) -> None:
        self.show()
        self._card.show_read()

    # More

    def ask_for_folder(self) -> None:
        self._ask_for_folder(new_corpus=False)

    def ask_for_corpus(self) -> None:
        """A folder as a corpus of its own."""
        self._ask_for_folder(new_corpus=True)

    def _ask_for_folder(self, new_corpus: bool) -> None:
        name = QFileDialog.getExistingDirectory(self._card, "A folder of recordings", str(music_folder()))
        if name:
            self.add([Path(name)], new_corpus)

    def ask_for_files(self) -> None:
        names, _ = QFileDialog.getOpenFileNames(self._card, "Recordings", str(music_folder()), _FILTER)
        if names:
            self.add([Path(name) for name in names])

    def add(self, paths: Sequence[Path], new_corpus: bool = False) -> None:
        """To the corpus that shows, or to new ones."""
        corpus = self.corpus
        joins = corpus is not None and corpus.kind == "recordings" and not new_corpus
        self.add_to(self.name if joins else "", paths)

    def add_to(self, name: str, paths: Sequence[Path]) -> None:
        """To the corpus `name`, or to new ones; into a new project where there is none.

        What lies in a corpus already is told, and not added again.
        """
        if self._document.project is None and not self._document.create_named(new_sets(paths)[0].name):
            return
        if self._document.read_only:
            self.notified.emit(Message("error", self._document.read_only))
            return
        known = {path: set_with(self._document.corpora, path) for path in outermost(paths)}
        words = already_words(self._document.corpora, self._surveys, known)
        if words:
            self.notified.emit(Message("info", words))
        new = [path for path, corpus in known.items() if not corpus]
        self.corpus_made.emit(self._added(name, new) if new else next(iter(known.values())))

    def _added(self, name: str, paths: Sequence[Path]) -> str:
        """Adds them in one step; the corpus that shows them then."""
        if name:
            self._document.apply("add recordings", lambda project: edits.with_recordings(project, paths, name))
            return name
        before = {corpus.name for corpus in self._document.corpora}
        self._document.apply("add recordings", lambda project: edits.with_new_sets(project, new_sets(paths)))
        return next((corpus.name for corpus in self._document.corpora if corpus.name not in before), self.name)

    # Fewer, and otherwise

    def set_mode(self, mode: Mode) -> None:
        self._change("change mode", lambda corpus: replace(corpus, mode=mode))

    def learn_from(self, files: Sequence[Path], wanted: bool) -> None:
        """These files, or no more."""
        words = "learn from recordings" if wanted else "leave recordings out"
        known = [row.path for row in self._card.model.rows]
        self._change(words, lambda corpus: edits.with_files(corpus, files, wanted, known))

    def remove(self, files: Sequence[Path]) -> None:
        """Out of the corpus: files that were added one by one go, those that lie in a folder are left out."""
        corpus = self.corpus
        if corpus is None or not files:
            return
        known = [row.path for row in self._card.model.rows]
        self._document.apply("remove recordings", lambda project: edits.without_files(project, self.name, files, known))

    def ask_to_locate(self, source: Path) -> None:
        """Where a file or a folder has gone; everything in it is looked for there."""
        title, near = f"Where is “{source.name}” now?", str(_there(source))
        if source.suffix.lower() in SUFFIXES:
            name, _ = QFileDialog.getOpenFileName(self._card, title, near, _FILTER)
        else:
            name = QFileDialog.getExistingDirectory(self._card, title, near)
        if name:
            self._document.apply("locate recordings", lambda project: relocate(project, source, Path(name)))

    def leave_out_source(self, source: Path) -> None:
        self._document.apply("remove recordings", lambda project: edits.without_sources(project, self.name, [source]))

    def show_skipped(self) -> None:
        self._card.show_skipped()

    def _change(self, words: str, change: Change) -> None:
        def changed(project: Project) -> Project:
            return project.with_corpus(change(project.corpus(self.name)), self.name)

        if self.corpus is not None and not self._document.apply(words, changed):
            self.show()


def _there(path: Path) -> Path:
    """The nearest folder around it that is still there."""
    return next((folder for folder in path.parents if folder.is_dir()), Path.home())
