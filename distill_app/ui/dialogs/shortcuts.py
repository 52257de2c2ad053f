"""One page with every key and gesture."""

from collections.abc import Iterable, Mapping

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QGridLayout, QWidget

from distill_app.ui.actions import HANDS
from distill_app.ui.dialogs.frame import Dialog, plain
from distill_app.ui.theme import GRID, strong_font
from distill_app.ui.widgets.basics import Title


class ShortcutsDialog(Dialog):
    """Left the commands as the menus have them, in two columns; right what the hand does."""

    def __init__(self, actions: Mapping[str, QAction], parent: QWidget | None) -> None:
        super().__init__("Keyboard shortcuts", parent)
        grid = QGridLayout()
        grid.setHorizontalSpacing(2 * GRID)
        grid.setVerticalSpacing(GRID)
        for column in (2, 5):
            grid.setColumnMinimumWidth(column, 2 * GRID)
        lines = [(keys_of(action), name.removesuffix("…")) for name, action in actions.items() if keys_of(action)]
        half = -(-len(lines) // 2)
        _fill(grid, 0, "Everywhere", lines[:half])
        _fill(grid, 3, "", lines[half:])
        _fill(grid, 6, "On what is shown", HANDS)
        self.rows.addLayout(grid)
        self.rows.addStretch()
        self.add_button("Close", "primary").clicked.connect(self.accept)


def keys_of(action: QAction) -> str:
    """`Ctrl+Shift+Z · Ctrl+Y`, in the way of the system."""
    native = QKeySequence.SequenceFormat.NativeText
    return " · ".join(sequence.toString(native) for sequence in action.shortcuts())


def _fill(grid: QGridLayout, column: int, title: str, lines: Iterable[tuple[str, str]]) -> None:
    grid.addWidget(Title(title), 0, column, 1, 2)
    for row, (keys, words) in enumerate([line for line in lines if line[0]], start=1):
        key_label, word_label = plain(keys), plain(words, "muted")
        key_label.setWordWrap(False)
        key_label.setFont(strong_font())
        word_label.setWordWrap(False)
        grid.addWidget(key_label, row, column, Qt.AlignmentFlag.AlignTop)
        grid.addWidget(word_label, row, column + 1, Qt.AlignmentFlag.AlignTop)
