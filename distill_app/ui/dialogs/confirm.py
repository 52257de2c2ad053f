"""Asks before something is gone."""

from PySide6.QtWidgets import QWidget

from distill_app.ui.dialogs.base import Dialog, plain
from distill_app.ui.widgets.controls import Title


class ConfirmDialog(Dialog):
    """Accepted where the person means it; Enter at once keeps everything."""

    def __init__(self, question: str, sentence: str, verb: str, parent: QWidget | None) -> None:
        super().__init__(verb, parent)
        self.setFixedWidth(416)
        self.rows.addWidget(Title(question))
        self.rows.addWidget(plain(sentence, "muted"))
        self.cancel, self.confirm = self.add_button("Cancel", "primary"), self.add_button(verb)
        self.cancel.clicked.connect(self.reject)
        self.confirm.clicked.connect(self.accept)
        self.cancel.setFocus()
