"""Slider of the sound's character or tone: it can be locked in place, and pinned among the first of its group."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QMenu, QWidget

from distill_app.ui.translation import tr
from distill_app.ui.widgets.value_scale import ValueScale
from distill_app.ui.widgets.value_slider import ValueSlider


class SoundSlider(ValueSlider):
    """Slider that commands for all sliders do not move while it is locked.

    Args:
        id: name in the settings, the same in every language.
    """

    lock_toggled = Signal(bool)
    """Emitted when the user locks or unlocks the slider."""
    pin_toggled = Signal(bool)
    """Emitted when the user pins the slider or takes the pin away."""

    def __init__(self, id: str, name: str, scale: ValueScale, parent: QWidget | None = None) -> None:
        super().__init__(name, scale, parent=parent)
        self.id = id
        self._locked = self._pinned = False

    @property
    def locked(self) -> bool:
        return self._locked

    @property
    def pinned(self) -> bool:
        return self._pinned

    @property
    def is_moved(self) -> bool:
        """Whether its value is not the one that it is reset to."""
        return self.value() != self.scale.steps(self.scale.origin)

    def set_locked(self, locked: bool) -> None:
        """Shows the lock, without emitting `lock_toggled`."""
        self._locked = locked
        self._show_mark(self.underMouse())

    def set_pinned(self, pinned: bool) -> None:
        """Shows the pin, without emitting `pin_toggled`."""
        self._pinned = pinned
        self.painter.badge = "pin" if pinned else None
        self.update()

    def _show_mark(self, hovered: bool) -> None:
        self.painter.mark = "lock" if self._locked else "unlock" if hovered and self.isEnabled() else None
        self.update()

    def _toggle_lock(self) -> None:
        self.set_locked(not self._locked)
        self.lock_toggled.emit(self._locked)

    def _toggle_pin(self) -> None:
        self.set_pinned(not self._pinned)
        self.pin_toggled.emit(self._pinned)

    def menu(self) -> QMenu:
        menu = super().menu()
        for text, checked, toggle in (
            (tr("Lock"), self._locked, self._toggle_lock),
            (tr("Pin among the first"), self._pinned, self._toggle_pin),
        ):
            action = menu.addAction(text)
            action.setCheckable(True)
            action.setChecked(checked)
            action.triggered.connect(toggle)
        return menu

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if self._is_on_mark(event):
            self._toggle_lock()
        else:
            super().mousePressEvent(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Toggles the lock a second time where the double-click is on it; resets the slider elsewhere."""
        if self._is_on_mark(event):
            self._toggle_lock()
        else:
            super().mouseDoubleClickEvent(event)

    def _is_on_mark(self, event: QMouseEvent) -> bool:
        left = event.button() == Qt.MouseButton.LeftButton
        rect = self.painter.mark_rect(self.rect())
        return left and self.painter.mark is not None and rect.contains(event.position().toPoint())

    def enterEvent(self, event: object) -> None:
        self._show_mark(hovered=True)

    def leaveEvent(self, event: object) -> None:
        self._show_mark(hovered=False)


def gestures_help(origin: str) -> str:
    """Last line of a slider's tool tip; a double-click resets it to `origin`."""
    return tr("Double-click: {origin}. Shift: fine. Click on the value: type.").format(origin=origin)
