"""Slider of one latent axis: bipolar, marked where it is out of range, and lockable."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QMenu, QWidget

from distill_app.models.axis import SLIDER_LIMIT, Axis
from distill_app.ui.play.descriptor_help import effect, shown_name
from distill_app.ui.translation import tr
from distill_app.ui.widgets.value_scale import ValueScale
from distill_app.ui.widgets.value_slider import ValueSlider

RANGE = ValueScale(-SLIDER_LIMIT, SLIDER_LIMIT, inner=1.0)


class LatentSlider(ValueSlider):
    """Slider from −1.5 to +1.5; while it is locked, randomizing does not move it."""

    lock_toggled = Signal(bool)
    """Emitted when the user locks or unlocks the slider."""

    def __init__(self, axis: Axis, parent: QWidget | None = None) -> None:
        super().__init__(shown_name(axis), RANGE, parent=parent)
        self._locked = False
        self.setToolTip(_tool_tip(axis))

    @property
    def locked(self) -> bool:
        return self._locked

    def set_locked(self, locked: bool) -> None:
        """Shows the lock, without emitting `lock_toggled`."""
        self._locked = locked
        self._show_mark(self.underMouse())

    def _show_mark(self, hovered: bool) -> None:
        self.painter.mark = "lock" if self._locked else "unlock" if hovered and self.isEnabled() else None
        self.update()

    def _toggle_lock(self) -> None:
        self.set_locked(not self._locked)
        self.lock_toggled.emit(self._locked)

    def menu(self) -> QMenu:
        menu = super().menu()
        lock = menu.addAction(tr("Lock"))
        lock.setCheckable(True)
        lock.setChecked(self._locked)
        lock.triggered.connect(self._toggle_lock)
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


def _tool_tip(axis: Axis) -> str:
    limits = tr("−1 to +1 is what the recordings hold; up to ±1.5 is out of range.")
    keys = tr("Double-click: 0. Shift: fine. Click on the value: type.")
    unmeasured = tr("Not measured yet: training goes on, and the name may change.") if axis.rho is None else ""
    return "\n".join(filter(None, (effect(axis.descriptor), unmeasured, limits, keys)))
