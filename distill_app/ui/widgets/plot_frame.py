"""Base class of the spectrogram views: frequency axis, time axis and a read-out under the pointer."""

from PySide6.QtCore import QEvent, QPointF, QRect, Qt, Signal
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from distill_app.dsp.log_frequency import FrequencyScale
from distill_app.ui.style.theme import caption_font, color
from distill_app.ui.widgets.plot_ticks import Ticks, frequency_ticks

LEFT_AXIS, BOTTOM_AXIS = 64, 24
BLACK = "#000004"
"""Darkest colour of magma, the background of the picture."""
_OFFSET = 8
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


class PlotFrame(QWidget):
    """Repaints its axes only when asked to, so that a moving picture costs only the picture."""

    hovered = Signal(str)
    """Read-out under the pointer, "" once it has left."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setCursor(Qt.CursorShape.CrossCursor)
        self.setAccessibleName(name)

    # For subclasses

    @property
    def scale(self) -> FrequencyScale | None:
        """Frequency scale of the rows; None while there is no picture."""
        raise NotImplementedError

    @property
    def seconds(self) -> float:
        """Duration between the left and the right edge."""
        raise NotImplementedError

    def time_axis(self, width: float) -> Ticks:
        """Ticks of the time axis: seconds from the left edge, and labels."""
        raise NotImplementedError

    def paint_plot(self, painter: QPainter, rect: QRect) -> None:
        """Paints the picture over the whole of `rect`."""
        raise NotImplementedError

    def read_out(self, seconds: float, row: float) -> str:
        """Text about a position: time, frequency and level."""
        raise NotImplementedError

    # Painting and pointer

    def plot_rect(self) -> QRect:
        return self.rect().adjusted(LEFT_AXIS, 0, 0, -BOTTOM_AXIS)

    def at(self, position: QPointF) -> tuple[float, float] | None:
        """Seconds and fractional row at the middle of a pixel, None outside the picture."""
        rect, scale = self.plot_rect(), self.scale
        if scale is None or not rect.contains(position.toPoint()):
            return None
        seconds = (position.x() + 0.5 - rect.left()) / rect.width() * self.seconds
        return seconds, (rect.bottom() + 0.5 - position.y()) / rect.height() * scale.rows

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, rect = QPainter(self), self.plot_rect()
        if not rect.contains(event.rect()):
            painter.fillRect(self.rect(), color("panel"))
            self._paint_ticks(painter, rect)
        painter.setClipRect(rect)
        self.paint_plot(painter, rect)
        painter.end()

    def _paint_ticks(self, painter: QPainter, rect: QRect) -> None:
        scale = self.scale
        if scale is None:
            return
        painter.setFont(caption_font())
        painter.setPen(color("muted"))
        for row, text in frequency_ticks(scale, rect.height()):
            y = rect.bottom() + 1 - round(row / scale.rows * rect.height())
            painter.drawText(QRect(0, y - 8, LEFT_AXIS - _OFFSET, 16), _RIGHT, text)
        for seconds, text in self.time_axis(rect.width()):
            x = rect.left() + round(seconds / self.seconds * rect.width())
            painter.drawText(QRect(x - 44, rect.bottom() + 8, 88, 16), Qt.AlignmentFlag.AlignCenter, text)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        position = self.at(event.position())
        self.hovered.emit("" if position is None else self.read_out(*position))

    def leaveEvent(self, event: QEvent) -> None:
        self.hovered.emit("")
        super().leaveEvent(event)
