"""What the hand asks for in the project's card."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QFileDialog

from distill_app.project.corpora import CorpusSpec
from distill_app.project.paths import SUFFIX
from distill_app.project.project import ModelEntry, Project
from distill_app.ui.common.folders import show_folder
from distill_app.ui.common.model_headers import is_damaged
from distill_app.ui.common.window_settings import WindowSettings
from distill_app.ui.dialogs.prompts import ConflictDialog, NameDialog
from distill_app.ui.train.project import edits
from distill_app.ui.train.project.card import ProjectCard
from distill_app.ui.train.project.document import ProjectDocument
from distill_app.ui.train.project.item_row import Item, ItemAction
from distill_app.ui.translation import tr

_CORPUS_TIP = "Whether it is learned from"
_MISSING, _DAMAGED = "missing", "damaged"


class ProjectController(QObject):
    """Binds the card to the desk: its corpora and models, and which project it is."""

    corpus_chosen = Signal(str)
    add_asked = Signal()
    """A new corpus."""
    play_asked = Signal(Path)
    """A model."""
    continue_asked = Signal(Path)
    """A model to go on learning from."""
    vocoder_asked = Signal(Path)
    """A model that is to have a vocoder of its own."""

    def __init__(self, document: ProjectDocument, card: ProjectCard, settings: WindowSettings, home: Path) -> None:
        super().__init__(card)
        self._document, self._card, self._settings, self._home = document, card, settings, home
        self.facts_of: Callable[[CorpusSpec], tuple[str, bool]] = lambda corpus: ("", False)
        """A few words on a corpus as soon as they are known, and whether they are of caution."""
        self.has_known_recordings: Callable[[ModelEntry], bool] = lambda model: False
        """Returns whether the recordings are known that a model has learned from."""
        self.chosen = ""
        document.changed.connect(self.show)
        document.opened.connect(self._on_opened)
        document.changed_elsewhere.connect(self._on_changed_elsewhere)
        card.new_asked.connect(self.ask_for_new)
        card.open_asked.connect(self.ask_for_project)
        card.recent_chosen.connect(document.open)
        card.rename_asked.connect(self.ask_to_rename)
        card.folder_asked.connect(self._show_folder)
        card.corpora.chosen.connect(self.choose)
        card.corpora.check_asked.connect(self.switch_corpus)
        card.corpora.add_asked.connect(self.add_asked)
        card.show_recent(settings.recent_projects())

    # What is shown

    def show(self) -> None:
        """Silently."""
        project, card = self._document.project, self._card
        names = [corpus.name for corpus in self._document.corpora]
        if self.chosen not in names:
            self.choose(names[0] if names else "")
            return
        card.show_project("" if project is None else project.name, self._document.read_only)
        card.corpora.show_items([self._corpus_item(corpus) for corpus in self._document.corpora], self.chosen)
        card.corpora.add.setEnabled(not self._document.read_only)
        card.models.show_items(self._model_items())

    def choose(self, name: str) -> None:
        """Shows this corpus; "" where there is none."""
        self.chosen = name
        if name in [corpus.name for corpus in self._document.corpora] or not name:
            self.corpus_chosen.emit(name)
            self.show() if name else self._show_none()

    def _show_none(self) -> None:
        project = self._document.project
        self._card.show_project("" if project is None else project.name, self._document.read_only)
        self._card.corpora.show_items([])
        self._card.models.show_items(self._model_items())

    def _corpus_item(self, corpus: CorpusSpec) -> Item:
        fact, caution = self.facts_of(corpus)
        places = "\n".join(map(str, corpus.sources))
        actions = [] if self._document.read_only else self._corpus_actions(corpus)
        text = f"{corpus.name} · takes" if corpus.kind == "takes" and corpus.name != edits.TAKES else corpus.name
        checked = None if self._document.read_only else edits.is_on(corpus)
        return Item(corpus.name, text, fact, places, checked, _CORPUS_TIP, caution, actions)

    def _corpus_actions(self, corpus: CorpusSpec) -> list[ItemAction]:
        name = corpus.name
        return [
            ItemAction("Rename…", partial(self.ask_to_rename_corpus, name)),
            ItemAction("Remove from the project", partial(self._remove_corpus, name), removes=True),
        ]

    def _model_items(self) -> list[Item]:
        """One for each model of the project, the newest first."""
        project = self._document.project
        return [] if project is None else [self._model_item(model) for model in project.models[::-1]]

    def _model_item(self, model: ModelEntry) -> Item:
        fault = _fault(model.file)
        fact = fault or (model.when.astimezone().strftime("%d %b %H:%M") if model.when else "")
        tip = f"{model.file}\nLearned from {', '.join(model.corpora)}" if model.corpora else str(model.file)
        play = [] if fault else [ItemAction("Play this model", partial(self.play_asked.emit, model.file), "play")]
        actions = [*play, *(self._model_actions(model, fault))]
        return Item(model.file, model.file.stem, fact, tip, caution=bool(fault), actions=actions)

    def _model_actions(self, model: ModelEntry, fault: str) -> list[ItemAction]:
        more = [
            ItemAction("Continue learning", partial(self.continue_asked.emit, model.file)),
            *self._vocoder_actions(model),
        ]
        folder = [ItemAction("Show in folder", partial(show_folder, model.file.parent))]
        remove = [ItemAction("Take out of the list", partial(self._remove_model, model.file), removes=True)]
        return [
            *([] if fault else more),
            *([] if fault == _MISSING else folder),
            *([] if self._document.read_only else remove),
        ]

    def _vocoder_actions(self, model: ModelEntry) -> list[ItemAction]:
        known = self.has_known_recordings(model)
        return (
            [ItemAction("Train a vocoder of its own…", partial(self.vocoder_asked.emit, model.file))] if known else []
        )

    # Which project

    def _on_opened(self) -> None:
        self.chosen = ""
        if self._document.folder is not None:
            self._settings.remember_project(self._document.folder)
        self._card.show_recent(self._settings.recent_projects())

    def _on_changed_elsewhere(self, sentence: str) -> None:
        title, question = tr("Project changed"), tr("Another program has changed this project")
        dialog = ConflictDialog(title, question, sentence, self._card)
        dialog.load_asked.connect(self._document.load_again)
        dialog.save_asked.connect(self._document.save_anyway)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def ask_for_new(self) -> None:
        proposed = str(self._home / f"My sounds{SUFFIX}")
        name, _ = QFileDialog.getSaveFileName(self._card, "New project", proposed, f"Distill projects (*{SUFFIX})")
        if name:
            self._document.create(Path(name).with_suffix(SUFFIX))

    def ask_for_project(self) -> None:
        start = str(self._home) if self._home.is_dir() else ""
        name = QFileDialog.getExistingDirectory(self._card, f"Open a project (a folder NAME{SUFFIX})", start)
        if name:
            self._document.open(Path(name))

    def ask_to_rename(self) -> None:
        project = self._document.project
        if project is not None:
            self._ask("Rename project", project.name, lambda _name: "", self._rename)

    def _rename(self, name: str) -> None:
        self._document.apply("rename project", lambda project: replace(project, name=name))

    def _show_folder(self) -> None:
        if self._document.folder is not None:
            show_folder(self._document.folder)

    # Its corpora and models

    def ask_to_rename_corpus(self, old: str) -> None:
        taken = {corpus.name for corpus in self._document.corpora} - {old}

        def obstacle(name: str) -> str:
            return f"There is a corpus “{name}” already." if name in taken else ""

        self._ask("Rename corpus", old, obstacle, partial(self._rename_corpus, old))

    def _rename_corpus(self, old: str, new: str) -> None:
        def renamed(project: Project) -> Project:
            return project.with_corpus(replace(project.corpus(old), name=new), old)

        self.chosen = new if self.chosen == old else self.chosen
        self._document.apply("rename corpus", renamed)

    def _remove_corpus(self, name: str) -> None:
        self._document.apply("remove corpus", lambda project: edits.without_corpus(project, name))

    def _remove_model(self, file: Path) -> None:
        self._document.apply("remove model", lambda project: edits.without_model(project, file))

    def switch_corpus(self, name: str, wanted: bool) -> None:
        """Learns from a corpus, or no more."""
        words = "learn from a corpus" if wanted else "leave a corpus out"
        if not self._document.apply(words, lambda project: edits.with_corpus_on(project, name, wanted)):
            self.show()

    def _ask(self, title: str, name: str, obstacle: Callable[[str], str], then: Callable[[str], None]) -> None:
        dialog = NameDialog(title, "Rename", name, obstacle, self._card)
        dialog.accepted.connect(lambda: then(dialog.name))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()


def _fault(model: Path) -> str:
    """Why a model cannot be played, in a word; "" where it can, as far as its header tells."""
    return _MISSING if not model.exists() else _DAMAGED if is_damaged(model) else ""
