"""Controller of the project card: which project is open, its sound sets and its models."""

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


class ProjectController(QObject):
    """Shows the document in the card and applies the user's changes to it."""

    corpus_chosen = Signal(str)
    """Carries the name of a sound set; "" for none."""
    add_asked = Signal()
    """The user wants to add a sound set."""
    play_asked = Signal(Path)
    """The user wants to play this model."""
    continue_asked = Signal(Path)
    """The user wants to continue the training of this model."""
    vocoder_asked = Signal(Path)
    """The user wants to fine-tune a vocoder for this model."""

    def __init__(self, document: ProjectDocument, card: ProjectCard, settings: WindowSettings, home: Path) -> None:
        super().__init__(card)
        self._document, self._card, self._settings, self._home = document, card, settings, home
        self.summary_of: Callable[[CorpusSpec], tuple[str, bool]] = lambda corpus: ("", False)
        """Returns a short summary of a sound set, "" while unknown, and whether it is a caution."""
        self.has_known_recordings: Callable[[ModelEntry], bool] = lambda model: False
        """Returns whether the recordings are known that a model was trained on."""
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

    # Display

    def show(self) -> None:
        names = [corpus.name for corpus in self._document.corpora]
        if self.chosen in names:
            self._show()
        else:
            self.choose(names[0] if names else "")

    def choose(self, name: str) -> None:
        """Selects a sound set; "" where there is none."""
        self.chosen = name
        if not name or name in [corpus.name for corpus in self._document.corpora]:
            self.corpus_chosen.emit(name)
            self._show()

    def _show(self) -> None:
        project, card, read_only = self._document.project, self._card, self._document.read_only
        card.show_project("" if project is None else project.name, read_only)
        card.corpora.show_items([self._corpus_item(corpus) for corpus in self._document.corpora], self.chosen)
        card.corpora.add.setEnabled(not read_only)
        card.models.show_items(self._model_items())

    def _corpus_item(self, corpus: CorpusSpec) -> Item:
        summary, caution = self.summary_of(corpus)
        sources = "\n".join(map(str, corpus.sources))
        actions = [] if self._document.read_only else self._corpus_actions(corpus)
        is_takes = corpus.kind == "takes" and corpus.name != edits.takes_name()
        text = tr("{name} · takes").format(name=corpus.name) if is_takes else corpus.name
        checked = None if self._document.read_only else edits.is_on(corpus)
        return Item(corpus.name, text, summary, sources, checked, tr("Train on it"), caution, actions)

    def _corpus_actions(self, corpus: CorpusSpec) -> list[ItemAction]:
        name = corpus.name
        return [
            ItemAction(tr("Rename…"), partial(self.ask_to_rename_corpus, name)),
            ItemAction(tr("Remove from project"), partial(self._remove_corpus, name), removes=True),
        ]

    def _model_items(self) -> list[Item]:
        """Items of the project's models, newest first."""
        project = self._document.project
        return [] if project is None else [self._model_item(model) for model in project.models[::-1]]

    def _model_item(self, model: ModelEntry) -> Item:
        fault = _fault(model.file)
        fact = fault or (model.when.astimezone().strftime("%d %b %H:%M") if model.when else "")
        tip = str(model.file)
        if model.corpora:
            tip += "\n" + tr("Trained on {names}").format(names=", ".join(model.corpora))
        actions = self._remove_actions(model) if fault else self._model_actions(model)
        return Item(model.file, model.file.stem, fact, tip, caution=bool(fault), actions=actions)

    def _model_actions(self, model: ModelEntry) -> list[ItemAction]:
        fine_tune = ItemAction(tr("Fine-tune vocoder…"), partial(self.vocoder_asked.emit, model.file))
        return [
            ItemAction(tr("Play this model"), partial(self.play_asked.emit, model.file), "play"),
            ItemAction(tr("Continue training"), partial(self.continue_asked.emit, model.file)),
            *([fine_tune] if self.has_known_recordings(model) else []),
            *self._remove_actions(model),
        ]

    def _remove_actions(self, model: ModelEntry) -> list[ItemAction]:
        """Actions that are possible for a damaged or missing model too."""
        folder = ItemAction(tr("Show in folder"), partial(show_folder, model.file.parent))
        remove = ItemAction(tr("Remove from project"), partial(self._remove_model, model.file), removes=True)
        return [*([folder] if model.file.exists() else []), *([] if self._document.read_only else [remove])]

    # The project

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
        proposed = str(self._home / f"{tr('My sounds')}{SUFFIX}")
        kinds = f"{tr('Distill projects')} (*{SUFFIX})"
        name, _ = QFileDialog.getSaveFileName(self._card, tr("New project"), proposed, kinds)
        if name:
            self._document.create(Path(name).with_suffix(SUFFIX))

    def ask_for_project(self) -> None:
        start = str(self._home) if self._home.is_dir() else ""
        title = tr("Open a project (a folder NAME{suffix})").format(suffix=SUFFIX)
        name = QFileDialog.getExistingDirectory(self._card, title, start)
        if name:
            self._document.open(Path(name))

    def ask_to_rename(self) -> None:
        project = self._document.project
        if project is not None:
            self._ask_for_name(tr("Rename project"), project.name, lambda _name: "", self._rename)

    def _rename(self, name: str) -> None:
        self._document.apply(tr("rename project"), lambda project: replace(project, name=name))

    def _show_folder(self) -> None:
        if self._document.folder is not None:
            show_folder(self._document.folder)

    # Sound sets and models

    def ask_to_rename_corpus(self, old: str) -> None:
        taken = {corpus.name for corpus in self._document.corpora} - {old}

        def obstacle(name: str) -> str:
            return tr("There is a sound set “{name}” already.").format(name=name) if name in taken else ""

        self._ask_for_name(tr("Rename sound set"), old, obstacle, partial(self._rename_corpus, old))

    def _rename_corpus(self, old: str, new: str) -> None:
        def renamed(project: Project) -> Project:
            return project.with_corpus(replace(project.corpus(old), name=new), old)

        self.chosen = new if self.chosen == old else self.chosen
        self._document.apply(tr("rename sound set"), renamed)

    def _remove_corpus(self, name: str) -> None:
        self._document.apply(tr("remove sound set"), lambda project: edits.without_corpus(project, name))

    def _remove_model(self, file: Path) -> None:
        self._document.apply(tr("remove model"), lambda project: edits.without_model(project, file))

    def switch_corpus(self, name: str, on: bool) -> None:
        """Switches a sound set on or off."""
        title = tr("switch sound set on") if on else tr("switch sound set off")
        if not self._document.apply(title, lambda project: edits.with_corpus_on(project, name, on)):
            self.show()

    def _ask_for_name(
        self, title: str, name: str, obstacle: Callable[[str], str], rename: Callable[[str], None]
    ) -> None:
        dialog = NameDialog(title, tr("Rename"), name, obstacle, self._card)
        dialog.accepted.connect(lambda: rename(dialog.name))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()


def _fault(model: Path) -> str:
    """Why a model cannot be played, in a word; "" where it can, as far as its header shows."""
    return tr("missing") if not model.exists() else tr("damaged") if is_damaged(model) else ""
