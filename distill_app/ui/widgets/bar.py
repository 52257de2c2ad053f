"""A thin line that fills, and wanders while nobody knows how far it is."""

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QHideEvent, QPainter, QPaintEvent, QShowEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from distill_app.ui.common.timers import timer
from distill_app.ui.widgets.track import LINE, TICK_MS, paint_track, wandered


class Bar(QWidget):
    """As wide as there is room."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.fraction, self._phase = 0.0, 0.0
        self._tick = timer(self, TICK_MS, self._on_tick)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFixedHeight(int(LINE) + 2)

    def set_fraction(self, fraction: float) -> None:
        """0 … 1; at 0 a quarter of the line wanders."""
        if fraction != self.fraction:
            self.fraction = fraction
            self._tick_if_needed()
            self.update()

    def _tick_if_needed(self) -> None:
        if self.fraction == 0.0 and self.isVisible():
            self._tick.start()
        else:
            self._tick.stop()

    def _on_tick(self) -> None:
        self._phase = wandered(self._phase)
        self.update()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._tick_if_needed()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._tick_if_needed()

    def sizeHint(self) -> QSize:
        return QSize(160, int(LINE) + 2)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        paint_track(painter, QRectF(0, 1, self.width(), LINE), self.fraction, self._phase)
        painter.end()
