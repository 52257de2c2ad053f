"""What went wrong, word for word, to read or to send to somebody."""

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QPlainTextEdit, QWidget

from distill_app.ui.dialogs.base import Dialog, plain
from distill_app.ui.style.theme import caption_font


class DetailsDialog(Dialog):
    """The sentence and the report behind it."""

    def __init__(self, sentence: str, details: str, parent: QWidget | None) -> None:
        super().__init__("Details", parent)
        self.resize(640, 384)
        self.report = QPlainTextEdit(details)
        self.report.setFont(caption_font())
        self.report.setReadOnly(True)
        self.rows.addWidget(plain(sentence))
        self.rows.addWidget(self.report, 1)
        self.copy_button = self.add_button("Copy")
        self.copy_button.clicked.connect(lambda: QGuiApplication.clipboard().setText(details))
        self.add_button("Close", "primary").clicked.connect(self.accept)
