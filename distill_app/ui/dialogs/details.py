"""What went wrong, word for word, to read or to send to somebody."""

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QPlainTextEdit, QVBoxLayout, QWidget

from distill_app.ui.theme import GRID, caption_font, font
from distill_app.ui.widgets.basics import Button, tight


class DetailsDialog(QDialog):
    """The sentence and the report behind it."""

    def __init__(self, sentence: str, details: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle("Details")
        self.resize(640, 360)
        self._details = details
        words, self.report = QLabel(sentence), QPlainTextEdit(details)
        words.setFont(font())
        words.setWordWrap(True)
        self.report.setFont(caption_font())
        self.report.setReadOnly(True)
        self.copy, self.done_button = Button("Copy"), Button("Close", "primary")
        self.copy.clicked.connect(self._on_copy)
        self.done_button.clicked.connect(self.accept)
        column = QVBoxLayout(self)
        column.setContentsMargins(2 * GRID, 2 * GRID, 2 * GRID, 2 * GRID)
        column.setSpacing(2 * GRID)
        column.addWidget(words)
        column.addWidget(self.report, 1)
        row = tight(QHBoxLayout())
        row.addStretch()
        row.addWidget(self.copy)
        row.addWidget(self.done_button)
        column.addLayout(row)

    def _on_copy(self) -> None:
        QGuiApplication.clipboard().setText(self._details)
