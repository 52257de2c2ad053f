"""Permanent message with an icon and at most one button."""

from typing import Literal

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QWidget

from distill_app.ui.style import icons
from distill_app.ui.style.theme import GRID, font
from distill_app.ui.translation import tr
from distill_app.ui.widgets.controls import Button

NoticeKind = Literal["info", "caution", "error", "done"]
_ICONS = {
    "info": ("info", "focus"),
    "caution": ("error", "caution"),
    "error": ("error", "danger"),
    "done": ("done", "good"),
}


class Notice(QFrame):
    """Hidden while it has no message."""

    chosen = Signal()
    """The button was clicked."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("surface", "notice")
        self._icon, self._sentence = QLabel(), QLabel()
        self.button = Button("", "link")
        self._shown: tuple[NoticeKind, str, str] | None = None
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
        row.addWidget(self._icon)
        row.addWidget(self._sentence, 1)
        row.addWidget(self.button)
        self.setMinimumHeight(5 * GRID)

    @property
    def sentence(self) -> str:
        """The message shown, "" for none."""
        return "" if self.isHidden() else self._sentence.text()

    def show_message(self, kind: NoticeKind, sentence: str, button: str = "") -> None:
        if self._shown == (kind, sentence, button):
            return
        self._shown = (kind, sentence, button)
        name, token = _ICONS[kind]
        self._icon.setPixmap(icons.pixmap(name, token, 16, self.devicePixelRatioF()))
        self._sentence.setText(sentence)
        self.button.setText(button)
        self.button.setAccessibleName(button)
        self.button.setVisible(bool(button))
        self.setAccessibleName(f"{kind_title(kind)}: {sentence}")
        self.show()

    def clear(self) -> None:
        self._shown = None
        self.hide()


def kind_title(kind: NoticeKind) -> str:
    """Name of a kind of message, as assistive technology reads it."""
    return {"info": tr("Note"), "caution": tr("Caution"), "error": tr("Error"), "done": tr("Done")}[kind]
