"""Dialog that lists every keyboard shortcut and gesture."""

from collections.abc import Iterable, Mapping

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QMenu, QWidget

from distill_app.ui.common.actions import gestures
from distill_app.ui.dialogs.base import Dialog, plain
from distill_app.ui.style.theme import GRID, strong_font
from distill_app.ui.translation import tr
from distill_app.ui.widgets.controls import Title, tight

Section = tuple[str, list[tuple[str, str]]]
_LEFT_SECTIONS = 4
"""Number of menus in the left column; the others and the gestures fill a right column of about its length."""


class ShortcutsDialog(Dialog):
    """Shows the shortcuts of every menu, then the gestures, in two columns."""

    def __init__(self, actions: Mapping[str, QAction], parent: QWidget | None) -> None:
        super().__init__(tr("Keyboard shortcuts"), parent)
        sections = [*_menus(actions), (tr("Mouse and keys"), list(gestures()))]
        columns = tight(QHBoxLayout(), 5 * GRID)
        columns.addLayout(_column(sections[:_LEFT_SECTIONS]))
        columns.addLayout(_column(sections[_LEFT_SECTIONS:]))
        self.rows.addLayout(columns)
        self.rows.addStretch()
        self.add_button(tr("Close"), "primary").clicked.connect(self.accept)


def keys_of(action: QAction) -> str:
    """Shortcuts of an action in the notation of the system: `Ctrl+Shift+Z · Ctrl+Y`."""
    native = QKeySequence.SequenceFormat.NativeText
    return " · ".join(sequence.toString(native) for sequence in action.shortcuts())


def _menus(actions: Mapping[str, QAction]) -> list[Section]:
    """One section for each menu: shortcuts and names of its commands that have a shortcut."""
    sections: dict[str, list[tuple[str, str]]] = {}
    for name, action in actions.items():
        if action.shortcuts():
            sections.setdefault(_menu_of(action), []).append((keys_of(action), name.removesuffix("…")))
    return list(sections.items())


def _menu_of(action: QAction) -> str:
    return next(holder.title() for holder in action.associatedObjects() if isinstance(holder, QMenu))


def _column(sections: Iterable[Section]) -> QGridLayout:
    grid = tight(QGridLayout(), GRID // 2)
    grid.setHorizontalSpacing(2 * GRID)
    grid.setColumnStretch(1, 1)
    for title, lines in sections:
        if grid.count():
            grid.setRowMinimumHeight(grid.rowCount(), GRID)
        grid.addWidget(Title(title), grid.rowCount(), 0, 1, 2)
        for keys, name in lines:
            row = grid.rowCount()
            grid.addWidget(_label(keys, strong=True), row, 0, Qt.AlignmentFlag.AlignTop)
            grid.addWidget(_label(name), row, 1, Qt.AlignmentFlag.AlignTop)
    grid.setRowStretch(grid.rowCount(), 1)
    return grid


def _label(text: str, strong: bool = False) -> QLabel:
    label = plain(text, "" if strong else "muted")
    label.setWordWrap(False)
    if strong:
        label.setFont(strong_font())
    return label
