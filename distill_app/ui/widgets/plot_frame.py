"""What the pictures of sound share: frequencies at the left, moments below, and a read-out under the pointer."""

from PySide6.QtCore import QEvent, QPointF, QRect, Qt, Signal
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from distill_app.dsp.log_frequency import FrequencyScale
from distill_app.ui.style.theme import caption_font, color
from distill_app.ui.widgets.plot_ticks import Ticks, frequency_ticks

LEFT_AXIS, BOTTOM_AXIS = 64, 24
BLACK = "#000004"
"""Magma's darkest: what the picture is on where there is no sound."""
_OFFSET = 8
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


class PlotFrame(QWidget):
    """Repaints its axes only where they are asked for: a picture that moves costs no more than itself."""

    hovered = Signal(str)
    """What lies under the pointer, "" once it has left."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setCursor(Qt.CursorShape.CrossCursor)
        self.setAccessibleName(name)

    # What a picture is

    @property
    def scale(self) -> FrequencyScale | None:
        """Its rows; None while there is no picture."""
        raise NotImplementedError

    @property
    def seconds(self) -> float:
        """From its left edge to its right edge."""
        raise NotImplementedError

    def moments(self, width: float) -> Ticks:
        """What stands below it: seconds from the left edge, and words."""
        raise NotImplementedError

    def paint_picture(self, painter: QPainter, place: QRect) -> None:
        """Fills `place`."""
        raise NotImplementedError

    def read_out(self, seconds: float, row: float) -> str:
        """What stands there, in words."""
        raise NotImplementedError

    # How it is shown

    def picture_place(self) -> QRect:
        return self.rect().adjusted(LEFT_AXIS, 0, 0, -BOTTOM_AXIS)

    def at(self, position: QPointF) -> tuple[float, float] | None:
        """Seconds and (fractional) row in the middle of a pixel, None outside the picture."""
        place, scale = self.picture_place(), self.scale
        if scale is None or not place.contains(position.toPoint()):
            return None
        seconds = (position.x() + 0.5 - place.left()) / place.width() * self.seconds
        return seconds, (place.bottom() + 0.5 - position.y()) / place.height() * scale.rows

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, place = QPainter(self), self.picture_place()
        if not place.contains(event.rect()):
            painter.fillRect(self.rect(), color("panel"))
            self._paint_ticks(painter, place)
        painter.setClipRect(place)
        self.paint_picture(painter, place)
        painter.end()

    def _paint_ticks(self, painter: QPainter, place: QRect) -> None:
        scale = self.scale
        if scale is None:
            return
        painter.setFont(caption_font())
        painter.setPen(color("muted"))
        for row, text in frequency_ticks(scale, place.height()):
            y = place.bottom() + 1 - round(row / scale.rows * place.height())
            painter.drawText(QRect(0, y - 8, LEFT_AXIS - _OFFSET, 16), _RIGHT, text)
        for moment, text in self.moments(place.width()):
            x = place.left() + round(moment / self.seconds * place.width())
            painter.drawText(QRect(x - 44, place.bottom() + 8, 88, 16), Qt.AlignmentFlag.AlignCenter, text)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        found = self.at(event.position())
        self.hovered.emit("" if found is None else self.read_out(*found))

    def leaveEvent(self, event: QEvent) -> None:
        self.hovered.emit("")
        super().leaveEvent(event)
