"""Placeholder of an empty view: an icon, a title, one sentence and at most one button."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from distill_app.ui.style import icons
from distill_app.ui.style.theme import GRID
from distill_app.ui.widgets.controls import Button, Caption, Title


class EmptyState(QWidget):
    """Centred in its parent."""

    chosen = Signal()
    """The button was clicked."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.icon, self.title, self.sentence = QLabel(), Title(""), Caption()
        self.button = Button("", "primary")
        self.button.clicked.connect(self.chosen)
        self.sentence.setWordWrap(True)
        self.sentence.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._build()

    def _build(self) -> None:
        column = QVBoxLayout(self)
        column.setSpacing(GRID)
        column.addStretch()
        for widget in (self.icon, self.title):
            column.addWidget(widget, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addWidget(self.sentence)
        column.addSpacing(GRID)
        column.addWidget(self.button, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch()

    def set_text(self, title: str, sentence: str, button: str = "") -> None:
        self.title.setText(title)
        self.sentence.setText(sentence)
        self.button.setText(button)
        self.button.setAccessibleName(button)
        self.button.setVisible(bool(button))
        self.icon.setPixmap(icons.pixmap("wave-large", "control", 48, self.devicePixelRatioF()))
