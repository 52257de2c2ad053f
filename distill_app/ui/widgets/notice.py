"""A sentence that stays, with its sign, and at most one thing to do about it right there."""

from typing import Literal

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QWidget

from distill_app.ui.style import icons
from distill_app.ui.style.theme import GRID, font
from distill_app.ui.widgets.controls import Button

Kind = Literal["info", "caution", "error", "done"]
_SIGNS = {
    "info": ("info", "focus"),
    "caution": ("error", "caution"),
    "error": ("error", "danger"),
    "done": ("done", "good"),
}
_WORDS = {"info": "Note", "caution": "Caution", "error": "Error", "done": "Done"}


class Notice(QFrame):
    """Hidden while there is nothing to say."""

    chosen = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("surface", "notice")
        self._sign, self._sentence = QLabel(), QLabel()
        self.button = Button("", "link")
        self._shown: tuple[Kind, str, str] | None = None
        self.button.clicked.connect(self.chosen)
        self._build()
        self.hide()

    def _build(self) -> None:
        self._sentence.setFont(font())
        self._sentence.setWordWrap(True)
        self._sentence.setTextFormat(Qt.TextFormat.PlainText)
        row = QHBoxLayout(self)
        row.setContentsMargins(GRID + 4, GRID // 2, GRID // 2, GRID // 2)
        row.setSpacing(GRID)
        row.addWidget(self._sign)
        row.addWidget(self._sentence, 1)
        row.addWidget(self.button)
        self.setMinimumHeight(5 * GRID)

    @property
    def sentence(self) -> str:
        """What is said, "" for nothing."""
        return "" if self.isHidden() else self._sentence.text()

    def say(self, kind: Kind, sentence: str, button: str = "") -> None:
        if self._shown == (kind, sentence, button):
            return
        self._shown = (kind, sentence, button)
        sign, token = _SIGNS[kind]
        self._sign.setPixmap(icons.pixmap(sign, token, 16, self.devicePixelRatioF()))
        self._sentence.setText(sentence)
        self.button.setText(button)
        self.button.setAccessibleName(button)
        self.button.setVisible(bool(button))
        self.setAccessibleName(f"{_WORDS[kind]}: {sentence}")
        self.show()

    def be_silent(self) -> None:
        self._shown = None
        self.hide()
