"""Short dialogs: a confirmation, a choice after a conflict, an error report and a name."""

from collections.abc import Callable

from PySide6.QtCore import Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QLineEdit, QPlainTextEdit, QWidget

from distill_app.ui.dialogs.base import Dialog, plain
from distill_app.ui.style.theme import caption_font, font
from distill_app.ui.translation import tr
from distill_app.ui.widgets.controls import Caption, Title, labelled

_NAME_LENGTH_MAX = 200


class ConfirmDialog(Dialog):
    """Question before something irreversible; Enter chooses Cancel."""

    def __init__(self, question: str, sentence: str, verb: str, parent: QWidget | None) -> None:
        super().__init__(verb, parent)
        self.setFixedWidth(416)
        self.rows.addWidget(Title(question))
        self.rows.addWidget(plain(sentence, "muted"))
        self.cancel, self.confirm = self.add_button(tr("Cancel"), "primary"), self.add_button(verb)
        self.cancel.clicked.connect(self.reject)
        self.confirm.clicked.connect(self.accept)
        self.cancel.setFocus()


class ConflictDialog(Dialog):
    """Choice between the state on the disk and the one in the window; Esc leaves both as they are."""

    load_asked = Signal()
    save_asked = Signal()

    def __init__(self, title: str, question: str, sentence: str, parent: QWidget | None) -> None:
        super().__init__(title, parent)
        self.setFixedWidth(480)
        self.rows.addWidget(Title(question))
        self.rows.addWidget(plain(sentence, "muted"))
        self.save, self.load = self.add_button(tr("Save anyway")), self.add_button(tr("Load again"), "primary")
        self.save.clicked.connect(self.save_asked)
        self.load.clicked.connect(self.load_asked)
        for button in (self.save, self.load):
            button.clicked.connect(self.accept)
        self.load.setFocus()


class DetailsDialog(Dialog):
    """Full text of a report below a sentence, with a button that copies it."""

    def __init__(self, sentence: str, details: str, parent: QWidget | None) -> None:
        super().__init__(tr("Details"), parent)
        self.resize(640, 384)
        self.report = QPlainTextEdit(details)
        self.report.setFont(caption_font())
        self.report.setReadOnly(True)
        self.rows.addWidget(plain(sentence))
        self.rows.addWidget(self.report, 1)
        self.copy_button = self.add_button(tr("Copy"))
        self.copy_button.clicked.connect(lambda: QGuiApplication.clipboard().setText(details))
        self.add_button(tr("Close"), "primary").clicked.connect(self.accept)


class NameDialog(Dialog):
    """Entry of a name; once accepted, `name` is it.

    Args:
        obstacle: why a name cannot be taken, in a sentence; "" where it can.
    """

    def __init__(
        self, title: str, verb: str, name: str, obstacle: Callable[[str], str], parent: QWidget | None
    ) -> None:
        super().__init__(title, parent)
        self._obstacle = obstacle
        self.field, self.hint = QLineEdit(name), Caption()
        self.hint.setProperty("tone", "caution")
        self.field.setFont(font())
        self.field.setMaxLength(_NAME_LENGTH_MAX)
        self.field.selectAll()
        self.setFixedWidth(416)
        self.rows.addLayout(labelled(tr("Name"), self.field))
        self.rows.addWidget(self.hint)
        self.cancel, self.confirm = self.add_button(tr("Cancel")), self.add_button(verb, "primary")
        self.cancel.clicked.connect(self.reject)
        self.confirm.clicked.connect(self.accept)
        self.confirm.setDefault(True)
        self.field.textChanged.connect(self._check)
        self._check()
        self.field.setFocus()

    @property
    def name(self) -> str:
        return self.field.text().strip()

    def _check(self) -> None:
        sentence = self._obstacle(self.name) if self.name else ""
        self.hint.setText(sentence)
        self.confirm.setEnabled(bool(self.name) and not sentence)
