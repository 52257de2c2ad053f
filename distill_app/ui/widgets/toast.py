"""A message that slides in, says what happened and what to do, and leaves by itself unless it is an error."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from PySide6.QtCore import QEasingCurve, QEvent, QObject, QPoint, QPropertyAnimation, QRect, Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QWidget

from distill_app.ui.common.timers import timer
from distill_app.ui.style import icons
from distill_app.ui.style.theme import GRID, font, motion_ms
from distill_app.ui.widgets.controls import Button
from distill_app.ui.widgets.message_area import MessageArea

Kind = Literal["error", "done", "info"]
_TOKENS = {"error": "danger", "done": "good", "info": "focus"}
_WORDS = {"error": "Error", "done": "Done", "info": "Note"}
_MOTION_MS, _STAY_MS = 220, 6000
_MOVES = (QEvent.Type.Resize, QEvent.Type.Move, QEvent.Type.Show, QEvent.Type.LayoutRequest)


@dataclass(frozen=True)
class Message:
    """One toast: a sentence, and at most one thing to do about it."""

    kind: Kind
    sentence: str
    action: str = ""
    act: Callable[[], None] | None = None


class Toast(QFrame):
    """Lies at the lower right of the `place` of the page that shows; the newest message alone."""

    def __init__(self, parent: QWidget, place: MessageArea) -> None:
        super().__init__(parent)
        self._parent, self._place = parent, place
        self.message: Message | None = None
        self.setProperty("surface", "toast")
        self._icon, self._sentence = QLabel(), QLabel()
        self._action, self._close = Button("", "link"), Button("", "quiet", "Dismiss (Esc)", "close")
        self._motion = QPropertyAnimation(self, b"pos", self)
        self._motion.setEasingCurve(QEasingCurve.Type.OutQuad)
        self._leave = timer(self, _STAY_MS, self.dismiss, single_shot=True)
        self._build()
        place.widget.installEventFilter(self)
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

    def lie_in(self, place: MessageArea) -> None:
        """Moves to the place of another page, with a message that shows."""
        self._place.widget.removeEventFilter(self)
        self._place.hold(0)
        self._place = place
        place.widget.installEventFilter(self)
        self._lie()

    def _lie(self) -> None:
        """At once where it belongs now."""
        if not self.isHidden():
            self._motion.stop()
            self.move(self._fit())

    def dismiss(self) -> None:
        self._leave.stop()
        self.message = None
        self.hide()
        self._place.hold(0)

    def _on_action(self) -> None:
        message = self.message
        self.dismiss()
        if message is not None and message.act is not None:
            message.act()

    def _appear(self) -> None:
        place = self._fit()
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

    def _fit(self) -> QPoint:
        """Sized to its words as far as there is room; where it then lies."""
        words = self._sentence.fontMetrics().horizontalAdvance(self._sentence.text())
        rest = 9 * GRID + 32 + (self._action.sizeHint().width() + GRID if self._action.text() else 0)
        width = min(self._area(0).width(), words + rest)
        self.setFixedWidth(width)
        self._sentence.setFixedHeight(max(32, self._sentence.heightForWidth(width - rest + 2 * GRID)))
        self.adjustSize()
        self._place.hold(self.height())
        area = self._area(self.height())
        return QPoint(area.right() + 1 - self.width(), area.bottom() + 1 - self.height())

    def _area(self, height: int) -> QRect:
        """Area of the place, in coordinates of the parent."""
        area = self._place.area(height)
        return area.translated(self._place.widget.mapTo(self._parent, QPoint()))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Stays in place where the layout moves what it lies in, also when the window first appears."""
        if event.type() in _MOVES:
            self._lie()
        return False
