"""Dialog that asks how long a take of an endless sound is to be."""

from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from distill_app.ui.dialogs.base import Dialog, plain
from distill_app.ui.play.number_fields import SecondsSpinBox
from distill_app.ui.translation import tr
from distill_app.ui.widgets.controls import labelled


class LengthDialog(Dialog):
    """Calls `act` with the length in seconds when it is accepted.

    Args:
        begin: where in the sound the take begins, in words.
    """

    def __init__(self, begin: str, seconds: float, act: Callable[[float], object], parent: QWidget | None) -> None:
        super().__init__(tr("Keep take"), parent)
        self.setFixedWidth(360)
        self._act = act
        self.seconds = SecondsSpinBox()
        self.seconds.show_value(seconds)
        sentence = tr("This sound has no end. The take begins at {begin} and is as long as you say.")
        self.rows.addWidget(plain(sentence.format(begin=begin), "muted"))
        self.rows.addLayout(labelled(tr("Length"), self.seconds))
        self.cancel, self.confirm = self.add_button(tr("Cancel")), self.add_button(tr("Keep take"), "primary")
        self.confirm.setDefault(True)
        self.cancel.clicked.connect(self.reject)
        self.confirm.clicked.connect(self._on_confirm)
        self.seconds.setFocus()
        self.seconds.selectAll()

    def _on_confirm(self) -> None:
        self.seconds.interpretText()
        self.accept()
        self._act(self.seconds.value())
