"""What the hand asks for of a corpus: more recordings, fewer, and how they are learned from."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QFileDialog

from distill_app.dsp.audio_file import SUFFIXES
from distill_app.project.corpora import CorpusChoice, Mode
from distill_app.project.project import Project
from distill_app.ui.folders import music_folder
from distill_app.ui.learn import edits
from distill_app.ui.learn.desk import ProjectDesk
from distill_app.ui.learn.recordings_card import RecordingsCard

_FILTER = f"Sound files ({' '.join(sorted(f'*{suffix}' for suffix in SUFFIXES))})"

Change = Callable[[CorpusChoice], CorpusChoice]


class RecordingsHand(QObject):
    """Binds the card to one corpus of the desk."""

    def __init__(self, desk: ProjectDesk, card: RecordingsCard) -> None:
        super().__init__(card)
        self._desk, self._card = desk, card
        self.name = ""
        """Of the corpus that shows."""
        desk.changed.connect(self.show)
        card.folder_asked.connect(self.ask_for_folder)
        card.files_asked.connect(self.ask_for_files)
        card.mode_chosen.connect(self.set_mode)
        card.removal_asked.connect(self.remove)
        card.model.check_asked.connect(self.learn_from)

    @property
    def corpus(self) -> CorpusChoice | None:
        return next((corpus for corpus in self._desk.corpora if corpus.name == self.name), None)

    def choose(self, name: str) -> None:
        """Shows this corpus; "" for none."""
        self.name = name
        self.show()

    def show(self) -> None:
        corpus = self.corpus
        if corpus is None:
            self._card.show_nothing()
        else:
            self._card.show_corpus(corpus, bool(self._desk.read_only))

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
        """To the corpus that shows, or to a new one; into a new project where there is none."""
        if self._desk.project is None and not self._desk.create_untitled():
            return
        corpus = self.corpus
        name = self.name if corpus is not None and corpus.kind == "recordings" and not new_corpus else ""
        before = {corpus.name for corpus in self._desk.corpora}
        if self._desk.do("add recordings", lambda project: edits.with_recordings(project, paths, name)):
            new = [corpus.name for corpus in self._desk.corpora if corpus.name not in before]
            self.choose(new[0] if new else self.name)

    # Fewer, and otherwise

    def set_mode(self, mode: Mode) -> None:
        self._change("change mode", lambda corpus: replace(corpus, mode=mode))

    def learn_from(self, files: Sequence[Path], wanted: bool) -> None:
        """These files, or no more."""
        words = "learn from recordings" if wanted else "leave recordings out"
        known = [row.path for row in self._card.model.rows]
        self._change(words, lambda corpus: edits.with_files(corpus, files, wanted, known))

    def remove(self, files: Sequence[Path]) -> None:
        """Files that were added one by one go; those that lie in a folder of the project are left out of it."""
        corpus = self.corpus
        if corpus is None or not files:
            return
        single = [file for file in files if file in corpus.sources]
        if single:
            self._desk.do("remove recordings", lambda project: edits.without_sources(project, self.name, single))
        within = [file for file in files if file not in single]
        if within:
            self.learn_from(within, wanted=False)

    def _change(self, words: str, change: Change) -> None:
        def changed(project: Project) -> Project:
            return project.with_corpus(change(project.corpus(self.name)), self.name)

        if self.corpus is not None and not self._desk.do(words, changed):
            self.show()
