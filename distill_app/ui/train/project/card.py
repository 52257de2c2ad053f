"""The project in the left column: its name, its corpora, models and takes."""

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QMenu, QScrollArea, QVBoxLayout, QWidget

from distill_app.ui.dialogs.base import plain
from distill_app.ui.style.theme import GRID, title_font
from distill_app.ui.train.project.item_list import ItemList
from distill_app.ui.widgets.controls import Button, Card, ElidedLabel, tight

_CORPORA = "Folders and files of recordings that are learned from together."
_MODELS = "What is learned here appears here."
_TAKES = "On the Play page, K keeps the sound that is heard."


class ProjectCard(Card):
    """Shows what it is given; `menu` is the project's own."""

    new_asked = Signal()
    open_asked = Signal()
    recent_chosen = Signal(Path)
    rename_asked = Signal()
    folder_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.name, self.more = ElidedLabel(tone=""), Button("", "quiet", "New, open or rename a project", "more")
        self.words = plain("", "caution")
        self.corpora = ItemList("Corpora", _CORPORA, "Add a corpus (Ctrl+Shift+C)")
        self.models = ItemList("Models", _MODELS)
        self.takes = ItemList("Takes", _TAKES)
        self._recent = QMenu("Open recent", self)
        self._build()
        self.show_recent(())

    def _build(self) -> None:
        self.rows.setContentsMargins(GRID, GRID, GRID, GRID)
        header = tight(QHBoxLayout())
        header.setContentsMargins(GRID, 0, 0, 0)
        self.name.setFont(title_font())
        header.addWidget(self.name, 1)
        header.addWidget(self.more)
        self.rows.addLayout(header)
        self.words.setContentsMargins(GRID, 0, GRID, 0)
        self.rows.addWidget(self.words)
        self.rows.addWidget(self._lists(), 1)
        self.more.setMenu(self._menu())

    def _lists(self) -> QScrollArea:
        area, content = QScrollArea(), QWidget()
        column = tight(QVBoxLayout(content), 2 * GRID)
        for each in (self.corpora, self.models, self.takes):
            column.addWidget(each)
        column.addStretch()
        area.setWidgetResizable(True)
        area.setWidget(content)
        return area

    def _menu(self) -> QMenu:
        menu = QMenu(self.more)
        menu.addAction("New project…").triggered.connect(self.new_asked)
        menu.addAction("Open project…").triggered.connect(self.open_asked)
        menu.addMenu(self._recent)
        menu.addSeparator()
        self.rename = menu.addAction("Rename project…")
        self.rename.triggered.connect(self.rename_asked)
        self.show_folder = menu.addAction("Show in folder")
        self.show_folder.triggered.connect(self.folder_asked)
        return menu

    def show_project(self, name: str, sentence: str) -> None:
        """Its name, "" where there is none, and a word of caution, "" where all is well."""
        self.name.set_text(name or "No project yet")
        self.words.setText(sentence)
        self.words.setVisible(bool(sentence))
        for action in (self.rename, self.show_folder):
            action.setEnabled(bool(name))

    def show_recent(self, folders: Sequence[Path]) -> None:
        self._recent.clear()
        self._recent.setEnabled(bool(folders))
        for folder in folders:
            action = self._recent.addAction(folder.stem)
            action.setToolTip(str(folder))
            action.triggered.connect(lambda _=False, folder=folder: self.recent_chosen.emit(folder))
