"""Controller of the recordings: shows one sound set and changes it as the user asks."""

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
from distill_app.ui.train.recordings.duplicates import duplicates_sentence
from distill_app.ui.train.recordings.hints import hint_items
from distill_app.ui.train.recordings.survey_store import SurveyStore
from distill_app.ui.train.recordings.totals import facts, totals_text
from distill_app.ui.translation import tr
from distill_app.ui.widgets.toast import Message
from distill_app.workers.survey_worker import SurveyBatch

Change = Callable[[CorpusSpec], CorpusSpec]


class RecordingsController(QObject):
    """Shows a sound set of the document and its survey in the card."""

    corpus_made = Signal(str)
    """A sound set was added and should be shown; carries its name."""
    notified = Signal(object)
    """Carries a Message."""

    def __init__(self, document: ProjectDocument, surveys: SurveyStore, card: RecordingsCard) -> None:
        super().__init__(card)
        self._document, self._surveys, self._card = document, surveys, card
        self.name = ""
        """Name of the sound set that is shown."""
        document.changed.connect(self.show)
        surveys.begun.connect(self._on_begun)
        surveys.batch_read.connect(self._on_batch_read)
        surveys.changed.connect(self._on_complete)
        card.folder_asked.connect(self.ask_for_folder)
        card.files_asked.connect(self.ask_for_files)
        card.mode_chosen.connect(self.set_mode)
        card.removal_asked.connect(self.remove)
        card.model.check_asked.connect(self.set_included)

    @property
    def corpus(self) -> CorpusSpec | None:
        return next((corpus for corpus in self._document.corpora if corpus.name == self.name), None)

    def choose(self, name: str) -> None:
        """Shows a sound set; "" for none."""
        self.name = name
        self.show()

    def show(self) -> None:
        corpus = self.corpus
        if corpus is None:
            self._card.show_nothing()
            return
        self._card.show_corpus(corpus, bool(self._document.read_only))
        self._card.model.set_rows(self._surveys.rows(corpus))
        self._show_hints(corpus)

    def _show_hints(self, corpus: CorpusSpec) -> None:
        """Shows totals, and hints once the survey is complete."""
        rows, missing = self._surveys.rows(corpus), self._surveys.missing(corpus)
        hints = [] if self._surveys.busy else hint_items(rows, missing, bool(self._document.read_only), self)
        self._card.show_hints(hints, totals_text(rows) if rows else "")

    def _on_begun(self) -> None:
        if self._surveys.busy:
            self._card.show_progress(tr("Looking for recordings"), 0.0)
        self.show()

    def _on_batch_read(self, batch: SurveyBatch) -> None:
        stage = tr("Reading “{name}”").format(name=batch.name)
        self._card.show_progress(stage, batch.done / max(1, batch.total))
        corpus = self.corpus
        if corpus is not None:
            known = len(self._card.model.rows)
            self._card.model.add_rows(self._surveys.rows(corpus)[known:])
            self._card.show_hints([], " · ".join(facts(self._surveys.totals(corpus))))

    def _on_complete(self) -> None:
        self.show()
        self._card.show_complete()

    # Adding

    def ask_for_folder(self) -> None:
        self._ask_for_folder(new_corpus=False)

    def ask_for_corpus(self) -> None:
        """Asks for a folder and adds it as a new sound set."""
        self._ask_for_folder(new_corpus=True)

    def _ask_for_folder(self, new_corpus: bool) -> None:
        name = QFileDialog.getExistingDirectory(self._card, tr("A folder of recordings"), str(music_folder()))
        if name:
            self.add([Path(name)], new_corpus)

    def ask_for_files(self) -> None:
        names, _ = QFileDialog.getOpenFileNames(self._card, tr("Recordings"), str(music_folder()), _file_filter())
        if names:
            self.add([Path(name) for name in names])

    def add(self, paths: Sequence[Path], new_corpus: bool = False) -> None:
        """Adds files and folders to the sound set that is shown, or as new ones."""
        corpus = self.corpus
        joins = corpus is not None and corpus.kind == "recordings" and not new_corpus
        self.add_to(self.name if joins else "", paths)

    def add_to(self, name: str, paths: Sequence[Path]) -> None:
        """Adds files and folders to the sound set `name`, or as new ones for ""; creates a project where none is open.

        Paths that are in a sound set already are reported and not added.
        """
        if self._document.project is None and not self._document.create_named(new_sets(paths)[0].name):
            return
        if self._document.read_only:
            self.notified.emit(Message("error", self._document.read_only))
            return
        known = {path: set_with(self._document.corpora, path) for path in outermost(paths)}
        sentence = duplicates_sentence(self._document.corpora, self._surveys, known)
        if sentence:
            self.notified.emit(Message("info", sentence))
        new = [path for path, corpus in known.items() if not corpus]
        self.corpus_made.emit(self._add_new(name, new) if new else next(iter(known.values())))

    def _add_new(self, name: str, paths: Sequence[Path]) -> str:
        """Adds paths as one undo step and returns the name of the sound set that contains them."""
        title = tr("add recordings")
        if name:
            self._document.apply(title, lambda project: edits.with_recordings(project, paths, name))
            return name
        before = {corpus.name for corpus in self._document.corpora}
        self._document.apply(title, lambda project: edits.with_new_sets(project, new_sets(paths)))
        return next((corpus.name for corpus in self._document.corpora if corpus.name not in before), self.name)

    # Changing

    def set_mode(self, mode: Mode) -> None:
        self._change(tr("change mode"), lambda corpus: replace(corpus, mode=mode))

    def set_included(self, files: Sequence[Path], included: bool) -> None:
        """Includes files in the training, or excludes them."""
        title = tr("include recordings") if included else tr("exclude recordings")
        known = self._known_files
        self._change(title, lambda corpus: edits.with_files(corpus, files, included, known))

    def remove(self, files: Sequence[Path]) -> None:
        """Removes files that were added one by one and excludes files of an added folder."""
        if self.corpus is not None and files:
            self._remove(lambda project: edits.without_files(project, self.name, files, self._known_files))

    def remove_source(self, source: Path) -> None:
        self._remove(lambda project: edits.without_sources(project, self.name, [source]))

    def _remove(self, change: Callable[[Project], Project]) -> None:
        self._document.apply(tr("remove recordings"), change)

    @property
    def _known_files(self) -> list[Path]:
        return [row.path for row in self._card.model.rows]

    def ask_to_locate(self, source: Path) -> None:
        """Asks for the new path of a moved file or folder and relocates everything in it."""
        title, start = tr("Where is “{name}” now?").format(name=source.name), str(_nearest_folder(source))
        if source.suffix.lower() in SUFFIXES:
            name, _ = QFileDialog.getOpenFileName(self._card, title, start, _file_filter())
        else:
            name = QFileDialog.getExistingDirectory(self._card, title, start)
        if name:
            self._document.apply(tr("locate recordings"), lambda project: relocate(project, source, Path(name)))

    def show_skipped(self) -> None:
        self._card.show_skipped()

    def _change(self, title: str, change: Change) -> None:
        def changed(project: Project) -> Project:
            return project.with_corpus(change(project.corpus(self.name)), self.name)

        if self.corpus is not None and not self._document.apply(title, changed):
            self.show()


def _file_filter() -> str:
    return f"{tr('Sound files')} ({' '.join(sorted(f'*{suffix}' for suffix in SUFFIXES))})"


def _nearest_folder(path: Path) -> Path:
    """Nearest parent folder that exists, else the home folder."""
    return next((folder for folder in path.parents if folder.is_dir()), Path.home())
