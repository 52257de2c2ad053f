"""Hint beside a number field that explains how the typed number was corrected."""

from PySide6.QtCore import QEvent, QObject, QPoint, Qt
from PySide6.QtWidgets import QLabel, QWidget

from distill_app.ui.common.timers import timer
from distill_app.ui.style.theme import GRID, caption_font

_STAY_MS = 5000


class FieldHint(QLabel):
    """Label below the field, or above it where there is no room; hidden after 5 s, or together with the field."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._field: QWidget | None = None
        self.setFont(caption_font())
        self.setProperty("surface", "hint")
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._hide_timer = timer(self, _STAY_MS, self.hide, single_shot=True)
        self.hide()

    def show_at(self, field: QWidget, sentence: str) -> None:
        self._field = field
        field.installEventFilter(self)
        self.setText(sentence)
        self.setAccessibleName(sentence)
        self.adjustSize()
        self.move(self._position(field))
        self.show()
        self.raise_()
        self._hide_timer.start()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Hide and watched is self._field:
            self.hide()
        return False

    def _position(self, field: QWidget) -> QPoint:
        window = self._window
        below = field.mapTo(window, QPoint(0, field.height() + GRID // 2))
        above = field.mapTo(window, QPoint(0, -self.height() - GRID // 2))
        position = below if below.y() + self.height() <= window.height() - GRID else above
        return QPoint(max(GRID, min(position.x(), window.width() - self.width() - GRID)), position.y())


def show_hint(field: QWidget, sentence: str) -> None:
    """Shows `sentence` beside `field`, instead of any other hint of the window."""
    window = field.window()
    hint = window.findChild(FieldHint, options=Qt.FindChildOption.FindDirectChildrenOnly) or FieldHint(window)
    hint.show_at(field, sentence)


def hide_hint(field: QWidget) -> None:
    """Hides the hint of the field's window."""
    hint = field.window().findChild(FieldHint, options=Qt.FindChildOption.FindDirectChildrenOnly)
    if hint is not None:
        hint.hide()
