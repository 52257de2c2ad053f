"""One page with every key and gesture."""

from collections.abc import Iterable, Mapping

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QMenu, QWidget

from distill_app.ui.common.actions import gestures
from distill_app.ui.dialogs.base import Dialog, plain
from distill_app.ui.style.theme import GRID, strong_font
from distill_app.ui.widgets.controls import Title, tight

Section = tuple[str, list[tuple[str, str]]]
_LEFT_SECTIONS = 4
"""Number of menus in the left column; the remaining ones and the gestures fill a column about as long."""


class ShortcutsDialog(Dialog):
    """The commands menu by menu, then what mouse and keys do on what is shown, in two columns."""

    def __init__(self, actions: Mapping[str, QAction], parent: QWidget | None) -> None:
        super().__init__("Keyboard shortcuts", parent)
        sections = [*_menus(actions), ("On what is shown", list(gestures()))]
        columns = tight(QHBoxLayout(), 5 * GRID)
        columns.addLayout(_column(sections[:_LEFT_SECTIONS]))
        columns.addLayout(_column(sections[_LEFT_SECTIONS:]))
        self.rows.addLayout(columns)
        self.rows.addStretch()
        self.add_button("Close", "primary").clicked.connect(self.accept)


def keys_of(action: QAction) -> str:
    """`Ctrl+Shift+Z · Ctrl+Y`, in the way of the system."""
    native = QKeySequence.SequenceFormat.NativeText
    return " · ".join(sequence.toString(native) for sequence in action.shortcuts())


def _menus(actions: Mapping[str, QAction]) -> list[Section]:
    """Title of each menu, and keys and words of its commands that have keys."""
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
        for keys, words in lines:
            row = grid.rowCount()
            grid.addWidget(_label(keys, strong=True), row, 0, Qt.AlignmentFlag.AlignTop)
            grid.addWidget(_label(words), row, 1, Qt.AlignmentFlag.AlignTop)
    grid.setRowStretch(grid.rowCount(), 1)
    return grid


def _label(text: str, strong: bool = False) -> QLabel:
    label = plain(text, "" if strong else "muted")
    label.setWordWrap(False)
    if strong:
        label.setFont(strong_font())
    return label
