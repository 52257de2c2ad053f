"""How a training goes: the error on held-out sound over the time of learning, the loss behind it, and the best."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from distill_app.ui.learn.training_words import clock_of, read_out
from distill_app.ui.theme import GRID, caption_font, color
from distill_app.ui.training_course import Course
from distill_app.ui.widgets.spectrogram_axes import Ticks, round_step

_LEFT, _BOTTOM, _TOP, _AIR = 48, 24, GRID, GRID
_TICK_HEIGHT, _TICK_WIDTH = 32, 88
_SETTLED = 0.2
"""Of the time: what lies before it does not stretch the axis, for a training begins far above where it ends."""

Points = Sequence[tuple[float, float]]


@dataclass(frozen=True)
class Range:
    """Of values on an axis."""

    low: float
    high: float

    def share(self, value: float) -> float:
        """0 … 1 within it."""
        return (value - self.low) / (self.high - self.low)


def range_of(points: Points, margin: float = 0.1) -> Range:
    """What the points lie in once they have settled, with a little air."""
    last = points[-1][0]
    values = [value for moment, value in points if moment >= _SETTLED * last]
    low, high = min(values), max(values)
    air = margin * max(high - low, 0.02 * abs(high), 1e-3)
    return Range(low - air, high + air)


def round_ticks(shown: Range, most: int) -> Ticks:
    """Round levels within it in dB, at most so many."""
    step = round_step((shown.high - shown.low) / max(most, 1))
    digits = max(0, -math.floor(math.log10(step) + 1e-9))
    first, last = math.ceil(shown.low / step), math.floor(shown.high / step)
    return [(number * step, f"{number * step:.{digits}f} dB") for number in range(first, last + 1)]


class TrainingCurve(QWidget):
    """Time goes linearly to the end that is planned; the loss has a scale of its own."""

    hovered = Signal(str)
    """What stands under the pointer, "" once it has left."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._course, self._seconds = Course(), 0.0
        self._pointer: float | None = None
        self.setMouseTracking(True)
        self.setMinimumHeight(12 * GRID)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName("Error over time")

    def sizeHint(self) -> QSize:
        return QSize(480, 18 * GRID)

    def show_course(self, course: Course, seconds: float) -> None:
        """`seconds`: where the time axis ends, at least."""
        self._course, self._seconds = course, max(seconds, course.seconds, 1.0)
        if course.best is not None:
            self.setAccessibleDescription(f"Best {course.best[1]:.2f} dB after {clock_of(course.best[0])}")
        self.update()

    # Where things stand

    def plot(self) -> QRect:
        """Where the lines run."""
        return self.rect().adjusted(_LEFT, _TOP, -_AIR, -_BOTTOM)

    def _x(self, seconds: float) -> float:
        return self.plot().left() + seconds / self._seconds * self.plot().width()

    def _y(self, share: float) -> float:
        return self.plot().bottom() - share * self.plot().height()

    def _polygon(self, points: Points, shown: Range) -> QPolygonF:
        return QPolygonF([QPointF(self._x(moment), self._y(shown.share(value))) for moment, value in points])

    # How it is painted

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, course = QPainter(self), self._course
        painter.setFont(caption_font())
        self._paint_time(painter)
        if course.errors.points:
            shown = range_of(course.errors.points)
            self._paint_scale(painter, shown)
            painter.setClipRect(self.plot().adjusted(-4, -4, 4, 4))
            self._paint_lines(painter, shown)
            self._paint_best(painter, shown)
        if self._pointer is not None:
            self._paint_pointer(painter)
        painter.end()

    def _paint_time(self, painter: QPainter) -> None:
        plot = self.plot()
        painter.fillRect(QRect(plot.left(), plot.bottom(), plot.width(), 1), color("line"))
        painter.setPen(color("muted"))
        for moment, text in self._moments(plot.width()):
            place = QRectF(self._x(moment) - 44, plot.bottom() + 6, 88, 16)
            place.moveRight(
                min(place.right(), plot.right() + _AIR + 44 - painter.fontMetrics().horizontalAdvance(text) / 2)
            )
            painter.drawText(place, Qt.AlignmentFlag.AlignCenter, text)

    def _moments(self, width: float) -> Ticks:
        step = _round_time(self._seconds * _TICK_WIDTH / max(width, 1))
        count = int(self._seconds / step + 1e-9)
        return [(step * index, clock_of(step * index)) for index in range(count + 1)]

    def _paint_scale(self, painter: QPainter, shown: Range) -> None:
        plot = self.plot()
        for value, text in round_ticks(shown, plot.height() // _TICK_HEIGHT):
            y = self._y(shown.share(value))
            painter.fillRect(QRectF(plot.left(), y, plot.width(), 1), color("line", 0.4))
            painter.setPen(color("muted"))
            place = QRectF(0, y - 8, _LEFT - GRID, 16)
            painter.drawText(place, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, text)

    def _paint_lines(self, painter: QPainter, shown: Range) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        losses = self._course.losses.points
        if len(losses) > 1:
            painter.setPen(QPen(color("control", 0.7), 1))
            painter.drawPolyline(self._polygon(losses, range_of(losses)))
        painter.setPen(QPen(color("accent"), 1.5))
        points = self._course.errors.points
        now = max(self._course.seconds, points[-1][0])
        painter.drawPolyline(self._polygon([*points, (now, points[-1][1])], shown))

    def _paint_best(self, painter: QPainter, shown: Range) -> None:
        if self._course.best is None:
            return
        moment, value = self._course.best
        centre = QPointF(self._x(moment), self._y(shown.share(value)))
        painter.setPen(QPen(color("panel"), 2))
        painter.setBrush(color("accent"))
        painter.drawEllipse(centre, 5, 5)

    def _paint_pointer(self, painter: QPainter) -> None:
        assert self._pointer is not None
        plot = self.plot()
        painter.fillRect(QRectF(self._x(self._pointer), plot.top(), 1, plot.height()), QColor(color("text", 0.5)))

    # What lies under the pointer

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        plot, x = self.plot(), event.position().x()
        inside = plot.left() <= x <= plot.right() and bool(self._course.errors.points)
        self._point((x - plot.left()) / plot.width() * self._seconds if inside else None)

    def leaveEvent(self, event: QEvent) -> None:
        self._point(None)
        super().leaveEvent(event)

    def _point(self, seconds: float | None) -> None:
        self._pointer = None if seconds is None else min(seconds, self._course.seconds)
        self.hovered.emit("" if self._pointer is None else self.read_out(self._pointer))
        self.update()

    def read_out(self, seconds: float) -> str:
        """`1:12 · error 4.81 dB · loss 5,210 nats`."""
        errors, losses = self._course.errors, self._course.losses
        return read_out(seconds, errors.at(seconds), losses.at(seconds))


def _round_time(least: float) -> float:
    """A round number of seconds, minutes or hours, at least so many seconds."""
    if least <= 60:
        return next((step for step in (1, 2, 5, 10, 15, 30, 60) if step >= least), 60)
    if least <= 3600:
        return next((60.0 * step for step in (2, 5, 10, 15, 30, 60) if 60 * step >= least), 3600.0)
    return 3600 * round_step(least / 3600)
