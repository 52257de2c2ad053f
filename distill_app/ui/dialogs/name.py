"""Asks for a name."""

from collections.abc import Callable

from PySide6.QtWidgets import QLineEdit, QWidget

from distill_app.ui.dialogs.base import Dialog
from distill_app.ui.style.theme import font
from distill_app.ui.widgets.controls import Caption, labelled


class NameDialog(Dialog):
    """Accepted with a name that can be; `name` then has it.

    Args:
        obstacle: why a name cannot be taken, in a sentence; "" where it can.
    """

    def __init__(
        self, title: str, verb: str, name: str, obstacle: Callable[[str], str], parent: QWidget | None
    ) -> None:
        super().__init__(title, parent)
        self._obstacle = obstacle
        self.field, self.words = QLineEdit(name), Caption()
        self.words.setProperty("tone", "caution")
        self.field.setFont(font())
        self.field.setMaxLength(200)
        self.field.selectAll()
        self.setFixedWidth(416)
        self.rows.addLayout(labelled("Name", self.field))
        self.rows.addWidget(self.words)
        self.cancel, self.confirm = self.add_button("Cancel"), self.add_button(verb, "primary")
        self.cancel.clicked.connect(self.reject)
        self.confirm.clicked.connect(self.accept)
        self.confirm.setDefault(True)
        self.field.textChanged.connect(self._look)
        self._look()
        self.field.setFocus()

    @property
    def name(self) -> str:
        return self.field.text().strip()

    def _look(self) -> None:
        sentence = self._obstacle(self.name) if self.name else ""
        self.words.setText(sentence)
        self.confirm.setEnabled(bool(self.name) and not sentence)
