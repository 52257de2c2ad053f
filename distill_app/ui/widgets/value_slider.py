"""Slider with its name and value in one row. It moves relative to the pointer and never jumps to a click."""

import math
from typing import cast

from PySide6.QtCore import QEvent, QRect, Qt, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QFocusEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QAbstractSlider, QApplication, QMenu, QWidget

from distill_app.ui.common.timers import timer
from distill_app.ui.translation import tr
from distill_app.ui.widgets.field_hint import hide_hint, show_hint
from distill_app.ui.widgets.slider_painter import SliderPainter, SliderStyle
from distill_app.ui.widgets.value_editor import ValueEditor
from distill_app.ui.widgets.value_scale import ValueScale

FINE = 0.1
_FINE_KEYS = Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.MetaModifier
_BURST_MS = 400
_KEY_STEPS = {
    Qt.Key.Key_Right: 1,
    Qt.Key.Key_Up: 1,
    Qt.Key.Key_Left: -1,
    Qt.Key.Key_Down: -1,
    Qt.Key.Key_PageUp: 5,
    Qt.Key.Key_PageDown: -5,
}


class ValueSlider(QAbstractSlider):
    """Slider for one number.

    Drag to move it (Shift, Ctrl or Cmd: a tenth of the speed); double click or Home resets it to the origin; arrow and
    Page keys, and the wheel once it has the focus, step it; Enter, a digit or a click on the value opens a text field.
    Keys or wheel steps that follow each other within 400 ms are one gesture, as a drag is.
    """

    moved = Signal(float)
    """The user has changed the value; the gesture may go on."""
    released = Signal(float)
    """A gesture ended with another value than it began with."""

    def __init__(
        self, name: str, scale: ValueScale, style: SliderStyle | None = None, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.scale = scale
        self.painter = SliderPainter(name, scale, style or SliderStyle())
        self._editor: ValueEditor | None = None
        self._drag_x: float | None = None
        self._pressed_x: float | None = None
        """Pointer position of a press on the value, while it may still become a click."""
        self._raw = self._before = scale.origin
        self._burst = timer(self, _BURST_MS, self.finish_gesture, single_shot=True)
        self._set_up(name)

    def _set_up(self, name: str) -> None:
        self.setRange(self.scale.steps(self.scale.low), self.scale.steps(self.scale.high))
        self.setFixedHeight(self.painter.style.height)
        self.setMinimumWidth(96)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setAccessibleName(name)
        self.set_current(self.scale.origin)
        self.valueChanged.connect(self._on_value_changed)

    def current(self) -> float:
        return self.value() / self.scale.resolution

    def set_current(self, value: float) -> None:
        """Sets the value without emitting a signal."""
        blocked = self.blockSignals(True)
        self.setValue(self.scale.steps(self.scale.clamp(value)))
        self.blockSignals(blocked)
        self._raw = self._before = self.current()
        self._describe()
        self.update()

    def _describe(self) -> None:
        value = self.scale.text(self.current())
        state = tr("out of range") if self.scale.is_out_of_range(self.current()) else ""
        limits = tr("from {range}").format(range=self.scale.range_text)
        self.setAccessibleDescription(", ".join(filter(None, (value, state, limits))))

    # Gestures

    def _move_to(self, value: float, coarse: bool = False) -> None:
        self._raw = self.scale.clamp(value)
        before = self.value()
        blocked = self.blockSignals(True)
        self.setValue(self.scale.steps(self._raw, coarse))
        self.blockSignals(blocked)
        if self.value() != before:
            self._describe()
            self.update()
            self.moved.emit(self.current())

    def finish_gesture(self) -> None:
        """Ends a series of keys or wheel steps now; emits nothing where the value is unchanged."""
        self._burst.stop()
        if self.current() != self._before:
            self._before = self._raw = self.current()
            self.released.emit(self.current())

    def jump(self, value: float) -> None:
        """Performs a whole gesture at once: a typed value or a reset."""
        self._move_to(value)
        self.finish_gesture()

    def reset(self) -> None:
        self.jump(self.scale.origin)

    def _step(self, amount: float, fine: bool) -> None:
        size = max(abs(amount) * (FINE if fine else 1), 1 / self.scale.resolution)
        self._move_to(self.current() + math.copysign(size, amount))
        self._burst.start()

    def _on_value_changed(self) -> None:
        self._describe()
        self.update()
        self.moved.emit(self.current())
        self.finish_gesture()

    # Mouse

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self.finish_gesture()
            self._drag_x, self._raw = event.position().x(), self.current()
            self._pressed_x = self._drag_x if self._is_on_value(event) else None
            self.setSliderDown(True)
            self.update()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._drag_x is None:
            return
        pixels = event.position().x() - self._drag_x
        if self._pressed_x is not None:
            if abs(event.position().x() - self._pressed_x) < QApplication.startDragDistance():
                return
            self._pressed_x = None
        self._drag_x = event.position().x()
        fine = bool(event.modifiers() & _FINE_KEYS)
        span = (self.scale.high - self.scale.low) * (FINE if fine else 1)
        self._move_to(self._raw + pixels * span / self.painter.travel(self.rect()), coarse=not fine)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and self._drag_x is not None:
            self._drag_x = None
            self.setSliderDown(False)
            self.finish_gesture()
            self.update()
            if self._pressed_x is not None:
                self._pressed_x = None
                self.edit()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and not self._is_on_value(event):
            self.reset()

    def _is_on_value(self, event: QMouseEvent) -> bool:
        return self.painter.value_rect(self.rect()).contains(event.position().toPoint())

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Ignores the wheel without focus, so that it scrolls the panel."""
        turn = event.angleDelta().y() or event.angleDelta().x()
        if not self.hasFocus() or turn == 0:
            event.ignore()
            return
        self._step(self.scale.wheel_step * turn / 120, bool(event.modifiers() & _FINE_KEYS))
        event.accept()

    # Keyboard

    def event(self, event: QEvent) -> bool:
        """Ends a series of steps before a key that may be a shortcut, so that undo includes it."""
        if event.type() == QEvent.Type.ShortcutOverride and self._ends_burst(cast(QKeyEvent, event)):
            self.finish_gesture()
        return super().event(event)

    def _ends_burst(self, event: QKeyEvent) -> bool:
        return self._drag_x is None and event.key() not in _KEY_STEPS

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key, fine = Qt.Key(event.key()), bool(event.modifiers() & _FINE_KEYS)
        if key in _KEY_STEPS:
            self._step(_KEY_STEPS[key] * self.scale.key_step, fine)
        elif key == Qt.Key.Key_Home:
            self.reset()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.edit()
        elif event.text() and event.text() in "0123456789+-−.,":
            self.edit(event.text())
        else:
            event.ignore()

    def edit(self, text: str | None = None) -> None:
        """Opens a text field over the value, with `text` or the current value in it."""
        self.finish_gesture()
        hide_hint(self)
        self._editor = ValueEditor(self, self.scale.text(self.current()) if text is None else text, text is None)
        self._editor.committed.connect(self._on_typed)
        self._place_editor()
        self._editor.show()
        self._editor.setFocus()

    def _on_typed(self, text: str) -> None:
        typed = self.scale.read(text)
        if typed.value is not None:
            self.jump(typed.value)
        if typed.hint:
            show_hint(self, typed.hint)

    def _place_editor(self) -> None:
        if self._editor is not None:
            self._editor.setGeometry(QRect(self.width() - 72, 0, 72, 22))

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        self.menu().popup(event.globalPos())

    def menu(self) -> QMenu:
        """Context menu."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction(tr("Reset"), self.reset)
        menu.addAction(tr("Enter value…"), self.edit)
        return menu

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self.finish_gesture()
        super().focusOutEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._place_editor()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        self.painter.paint(painter, self.rect(), self.current(), self.isEnabled(), self.hasFocus())
        painter.end()
