"""What all dialogs share: measures, and a row of buttons at the lower right."""

from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from distill_app.ui.theme import GRID, font
from distill_app.ui.widgets.basics import Button, tight


class Dialog(QDialog):
    """A column of rows, 24 px inside, and buttons under it."""

    def __init__(self, title: str, parent: QWidget | None) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        self.rows = QVBoxLayout()
        self.rows.setSpacing(2 * GRID)
        self.buttons = tight(QHBoxLayout())
        self.buttons.addStretch()
        column = QVBoxLayout(self)
        column.setContentsMargins(3 * GRID, 3 * GRID, 3 * GRID, 3 * GRID)
        column.setSpacing(3 * GRID)
        column.addLayout(self.rows, 1)
        column.addLayout(self.buttons)

    def add_button(self, text: str, role: str = "") -> Button:
        button = Button(text, role)
        self.buttons.addWidget(button)
        return button


def plain(text: str, tone: str = "") -> QLabel:
    """Reading text that wraps."""
    label = QLabel(text)
    label.setFont(font())
    label.setWordWrap(True)
    if tone:
        label.setProperty("tone", tone)
    return label
