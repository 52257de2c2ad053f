"""Message that slides into the window and disappears after 6 s unless it is an error."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from PySide6.QtCore import QEasingCurve, QEvent, QObject, QPoint, QPropertyAnimation, QRect, Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QWidget

from distill_app.ui.common.timers import timer
from distill_app.ui.style import icons
from distill_app.ui.style.theme import GRID, font, motion_ms
from distill_app.ui.translation import tr
from distill_app.ui.widgets.controls import Button
from distill_app.ui.widgets.message_area import MessageArea
from distill_app.ui.widgets.notice import kind_title

MessageKind = Literal["error", "done", "info"]
_TOKENS = {"error": "danger", "done": "good", "info": "focus"}

_MOTION_MS, _STAY_MS = 220, 6000
_MOVES = (QEvent.Type.Resize, QEvent.Type.Move, QEvent.Type.Show, QEvent.Type.LayoutRequest)


@dataclass(frozen=True)
class Message:
    """Content of a toast: a sentence and at most one button."""

    kind: MessageKind
    sentence: str
    action: str = ""
    act: Callable[[], None] | None = None


class Toast(QFrame):
    """Shows the newest message at the lower right of the message area of the current page."""

    def __init__(self, parent: QWidget, area: MessageArea) -> None:
        super().__init__(parent)
        self._parent, self._area = parent, area
        self.message: Message | None = None
        self.setProperty("surface", "toast")
        self._icon, self._sentence = QLabel(), QLabel()
        self._action, self._close = Button("", "link"), Button("", "quiet", tr("Dismiss (Esc)"), "close")
        self._motion = QPropertyAnimation(self, b"pos", self)
        self._motion.setEasingCurve(QEasingCurve.Type.OutQuad)
        self._dismiss_timer = timer(self, _STAY_MS, self.dismiss, single_shot=True)
        self._build()
        area.widget.installEventFilter(self)
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
        self._icon.setAccessibleName(kind_title(message.kind))
        self._sentence.setText(message.sentence)
        self._action.setText(message.action)
        self._action.setAccessibleName(message.action)
        self._action.setVisible(bool(message.action))
        self.setAccessibleName(f"{kind_title(message.kind)}: {message.sentence}")
        self._appear()
        if message.kind == "error":
            self._dismiss_timer.stop()
        else:
            self._dismiss_timer.start()

    def move_to(self, area: MessageArea) -> None:
        """Moves to the message area of another page, together with a visible message."""
        self._area.widget.removeEventFilter(self)
        self._area.reserve(0)
        self._area = area
        area.widget.installEventFilter(self)
        self._reposition()

    def _reposition(self) -> None:
        """Moves into place without an animation."""
        if not self.isHidden():
            self._motion.stop()
            self.move(self._fit())

    def dismiss(self) -> None:
        self._dismiss_timer.stop()
        self.message = None
        self.hide()
        self._area.reserve(0)

    def _on_action(self) -> None:
        message = self.message
        self.dismiss()
        if message is not None and message.act is not None:
            message.act()

    def _appear(self) -> None:
        position = self._fit()
        was_visible = self.isVisible()
        self.show()
        self.raise_()
        self._motion.stop()
        if was_visible or motion_ms(self, _MOTION_MS) == 0:
            self.move(position)
            return
        self._motion.setDuration(motion_ms(self, _MOTION_MS))
        self._motion.setStartValue(position + QPoint(0, 2 * GRID))
        self._motion.setEndValue(position)
        self._motion.start()

    def _fit(self) -> QPoint:
        """Resizes the toast to its text as far as there is room and returns its position."""
        text_width = self._sentence.fontMetrics().horizontalAdvance(self._sentence.text())
        rest = 9 * GRID + 32 + (self._action.sizeHint().width() + GRID if self._action.text() else 0)
        width = min(self._area_rect(0).width(), text_width + rest)
        self.setFixedWidth(width)
        self._sentence.setFixedHeight(max(32, self._sentence.heightForWidth(width - rest + 2 * GRID)))
        self.adjustSize()
        self._area.reserve(self.height())
        area = self._area_rect(self.height())
        return QPoint(area.right() + 1 - self.width(), area.bottom() + 1 - self.height())

    def _area_rect(self, height: int) -> QRect:
        """Message area in coordinates of the parent."""
        area = self._area.area(height)
        return area.translated(self._area.widget.mapTo(self._parent, QPoint()))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Follows the message area when it moves or is resized, also when the window first appears."""
        if event.type() in _MOVES:
            self._reposition()
        return False
