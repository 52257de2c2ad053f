"""Asks which of two states of a project is to stay."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from distill_app.ui.dialogs.base import Dialog, plain
from distill_app.ui.widgets.controls import Title


class ConflictDialog(Dialog):
    """One of the two is chosen; Esc leaves both as they are."""

    load_asked = Signal()
    save_asked = Signal()

    def __init__(self, sentence: str, parent: QWidget | None) -> None:
        super().__init__("Project changed", parent)
        self.setFixedWidth(480)
        self.rows.addWidget(Title("Another program has changed this project"))
        self.rows.addWidget(plain(sentence, "muted"))
        self.save, self.load = self.add_button("Save anyway"), self.add_button("Load it again", "primary")
        self.save.clicked.connect(self.save_asked)
        self.load.clicked.connect(self.load_asked)
        for button in (self.save, self.load):
            button.clicked.connect(self.accept)
        self.load.setFocus()
