"""Card at the left of the Train page: name of the project, its sound sets, models and takes."""

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QMenu, QScrollArea, QVBoxLayout, QWidget

from distill_app.ui.dialogs.base import plain
from distill_app.ui.style.theme import GRID, title_font
from distill_app.ui.train.project.item_list import ItemList
from distill_app.ui.translation import tr
from distill_app.ui.widgets.controls import Button, Card, ElidedLabel, tight


class ProjectCard(Card):
    """Shows three lists and the project menu."""

    new_asked = Signal()
    open_asked = Signal()
    recent_chosen = Signal(Path)
    rename_asked = Signal()
    folder_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.name = ElidedLabel(tone="")
        self.more = Button("", "quiet", tr("New, open or rename a project"), "more")
        self.caution = plain("", "caution")
        self.corpora = ItemList(
            tr("Sound sets"), tr("Folders and files to train on together."), tr("Add a sound set (Ctrl+Shift+C)")
        )
        self.models = ItemList(tr("Models"), tr("Models that you train appear here."))
        self.takes = ItemList(tr("Takes"), tr("On the Play page, K keeps the current sound."))
        self._recent = QMenu(tr("Open recent"), self)
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
        self.caution.setContentsMargins(GRID, 0, GRID, 0)
        self.rows.addWidget(self.caution)
        self.rows.addWidget(self._lists(), 1)
        self.more.setMenu(self._menu())

    def _lists(self) -> QScrollArea:
        area, content = QScrollArea(), QWidget()
        column = tight(QVBoxLayout(content), 2 * GRID)
        for items in (self.corpora, self.models, self.takes):
            column.addWidget(items)
        column.addStretch()
        area.setWidgetResizable(True)
        area.setWidget(content)
        return area

    def _menu(self) -> QMenu:
        menu = QMenu(self.more)
        menu.addAction(tr("New project…")).triggered.connect(self.new_asked)
        menu.addAction(tr("Open project…")).triggered.connect(self.open_asked)
        menu.addMenu(self._recent)
        menu.addSeparator()
        self.rename = menu.addAction(tr("Rename project…"))
        self.rename.triggered.connect(self.rename_asked)
        self.show_folder = menu.addAction(tr("Show in folder"))
        self.show_folder.triggered.connect(self.folder_asked)
        return menu

    def show_project(self, name: str, caution: str) -> None:
        """Shows the name of the project, "" for none, and a sentence of caution, "" for none."""
        self.name.set_text(name or tr("No project yet"))
        self.caution.setText(caution)
        self.caution.setVisible(bool(caution))
        for action in (self.rename, self.show_folder):
            action.setEnabled(bool(name))

    def show_recent(self, folders: Sequence[Path]) -> None:
        self._recent.clear()
        self._recent.setEnabled(bool(folders))
        for folder in folders:
            action = self._recent.addAction(folder.stem)
            action.setToolTip(str(folder))
            action.triggered.connect(lambda _=False, folder=folder: self.recent_chosen.emit(folder))
