"""A message that slides in, says what happened and what to do, and leaves by itself unless it is an error."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from PySide6.QtCore import QEasingCurve, QEvent, QObject, QPoint, QPropertyAnimation, Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QWidget

from distill_app.ui import icons
from distill_app.ui.theme import GRID, font, motion_ms
from distill_app.ui.timers import timer
from distill_app.ui.widgets.basics import Button

Kind = Literal["error", "done", "info"]
_TOKENS = {"error": "danger", "done": "good", "info": "focus"}
_WORDS = {"error": "Error", "done": "Done", "info": "Note"}
_MOTION_MS, _STAY_MS = 220, 6000


@dataclass(frozen=True)
class Message:
    """One toast: a sentence, and at most one thing to do about it."""

    kind: Kind
    sentence: str
    action: str = ""
    act: Callable[[], None] | None = None


class Toast(QFrame):
    """Lies in the middle of `over`, `bottom` pixels above its parent's lower edge; the newest message alone."""

    def __init__(self, parent: QWidget, over: QWidget, bottom: int) -> None:
        super().__init__(parent)
        self._over, self._parent = over, parent
        self.message: Message | None = None
        self._bottom = bottom
        self.setProperty("surface", "toast")
        self._icon, self._sentence = QLabel(), QLabel()
        self._action, self._close = Button("", "link"), Button("", "quiet", "Dismiss (Esc)", "close")
        self._motion = QPropertyAnimation(self, b"pos", self)
        self._motion.setEasingCurve(QEasingCurve.Type.OutQuad)
        self._leave = timer(self, _STAY_MS, self.dismiss, single_shot=True)
        self._build()
        over.installEventFilter(self)
        self.hide()

    def _build(self) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(2 * GRID, GRID, GRID, GRID)
        row.setSpacing(GRID)
        self._sentence.setFont(font())
        self._sentence.setWordWrap(True)
        self._sentence.setTextFormat(Qt.TextFormat.PlainText)
        row.addWidget(self._icon)
        row.addWidget(self._sentence, 1)
        row.addWidget(self._action)
        row.addWidget(self._close)
        self._action.clicked.connect(self._on_action)
        self._close.clicked.connect(self.dismiss)

    def show_message(self, message: Message) -> None:
        self.message = message
        self._icon.setPixmap(icons.pixmap(message.kind, _TOKENS[message.kind], 16, self.devicePixelRatioF()))
        self._icon.setAccessibleName(_WORDS[message.kind])
        self._sentence.setText(message.sentence)
        self._action.setText(message.action)
        self._action.setVisible(bool(message.action))
        self.setAccessibleName(f"{_WORDS[message.kind]}: {message.sentence}")
        self._appear()
        if message.kind == "error":
            self._leave.stop()
        else:
            self._leave.start()

    def lie_above(self, bottom: int) -> None:
        """From now on so many pixels above the parent's lower edge."""
        self._bottom = bottom
        if not self.isHidden():
            self._motion.stop()
            self.move(self._place())

    def dismiss(self) -> None:
        self._leave.stop()
        self.message = None
        self.hide()

    def _on_action(self) -> None:
        message = self.message
        self.dismiss()
        if message is not None and message.act is not None:
            message.act()

    def _appear(self) -> None:
        place = self._place()
        was_visible = self.isVisible()
        self.show()
        self.raise_()
        self._motion.stop()
        if was_visible or motion_ms(self, _MOTION_MS) == 0:
            self.move(place)
            return
        self._motion.setDuration(motion_ms(self, _MOTION_MS))
        self._motion.setStartValue(place + QPoint(0, 2 * GRID))
        self._motion.setEndValue(place)
        self._motion.start()

    def _place(self) -> QPoint:
        """Sized to its words, centred, `bottom` pixels above the parent's lower edge."""
        width = self._over.width() - 4 * GRID
        words = self._sentence.fontMetrics().horizontalAdvance(self._sentence.text())
        rest = 9 * GRID + 32 + (self._action.sizeHint().width() + GRID if self._action.text() else 0)
        width = min(width, words + rest)
        self.setFixedWidth(width)
        self._sentence.setFixedHeight(max(32, self._sentence.heightForWidth(width - rest + 2 * GRID)))
        self.adjustSize()
        centre = self._over.mapTo(self._parent, self._over.rect().center()).x()
        return QPoint(centre - self.width() // 2, self._parent.height() - self._bottom - self.height())

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Stays in place where the layout moves what it lies over, also when the window first appears."""
        if event.type() in (QEvent.Type.Resize, QEvent.Type.Move):
            self.lie_above(self._bottom)
        return False
