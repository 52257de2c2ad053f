"""How a training goes: the error on held-out sound over the time of learning, the loss behind it, and the best."""

import itertools
from dataclasses import replace

from PySide6.QtCore import QEvent, QLineF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from distill_app.ui.style.theme import GRID, caption_font, color
from distill_app.ui.train.training.format import clock_of, read_out
from distill_app.ui.train.training.history import TrainingHistory
from distill_app.ui.train.training.plot_scale import Plane, Range, level_ticks, range_of, time_ticks

_LEFT, _BOTTOM, _TOP, _AIR = 64, 24, GRID, GRID


class LossCurve(QWidget):
    """Time goes linearly to the end that is planned; the loss has a scale of its own."""

    hovered = Signal(str)
    """What stands under the pointer, "" once it has left."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._history, self._seconds = TrainingHistory(), 1.0
        self._pointer: float | None = None
        self.setMouseTracking(True)
        self.setMinimumHeight(12 * GRID)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName("Error over time")

    def sizeHint(self) -> QSize:
        return QSize(480, 18 * GRID)

    def show_history(self, history: TrainingHistory, seconds: float) -> None:
        """`seconds`: where the time axis ends, at least."""
        self._history, self._seconds = history, max(seconds, history.seconds, 1.0)
        if history.best is not None:
            self.setAccessibleDescription(f"Best {history.best[1]:.2f} dB after {clock_of(history.best[0])}")
        self.update()

    # How it is painted

    def plane(self) -> Plane:
        """Where the lines run, and on which scale the errors stand."""
        points = self._history.errors.points
        place = self.rect().adjusted(_LEFT, _TOP, -_AIR, -_BOTTOM)
        return Plane(place, self._seconds, range_of(points) if points else Range(0, 1))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, plane = QPainter(self), self.plane()
        painter.setFont(caption_font())
        self._paint_time(painter, plane)
        if self._history.errors.points:
            self._paint_scale(painter, plane)
            self._paint_lines(painter, plane)
        if self._pointer is not None:
            line = QRectF(plane.x(self._pointer), plane.place.top(), 1, plane.place.height())
            painter.fillRect(line, color("text", 0.5))
        painter.end()

    def _paint_time(self, painter: QPainter, plane: Plane) -> None:
        place = plane.place
        painter.fillRect(QRect(place.left(), place.bottom(), place.width(), 1), color("line"))
        painter.setPen(color("muted"))
        for moment, text in time_ticks(self._seconds, place.width()):
            words = QRectF(plane.x(moment) - 44, place.bottom() + 6, 88, 16)
            half = painter.fontMetrics().horizontalAdvance(text) / 2
            words.moveRight(min(words.right(), place.right() + _AIR + 44 - half))
            painter.drawText(words, Qt.AlignmentFlag.AlignCenter, text)

    def _paint_scale(self, painter: QPainter, plane: Plane) -> None:
        for value, text in level_ticks(plane.shown, plane.place.height()):
            y = plane.y(value)
            painter.fillRect(QRectF(plane.place.left(), y, plane.place.width(), 1), color("line", 0.4))
            painter.setPen(color("muted"))
            words = QRectF(0, y - 8, _LEFT - GRID, 16)
            painter.drawText(words, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, text)

    def _paint_lines(self, painter: QPainter, plane: Plane) -> None:
        painter.setClipRect(plane.place.adjusted(-4, -4, 4, 4))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_losses(painter, plane)
        self._paint_errors(painter, plane)
        painter.setClipping(False)

    def _paint_losses(self, painter: QPainter, plane: Plane) -> None:
        losses = self._history.losses.points
        if len(losses) > 1:
            painter.setPen(QPen(color("control", 0.7), 1))
            painter.drawPolyline(replace(plane, shown=range_of(losses)).points(losses))

    def _paint_errors(self, painter: QPainter, plane: Plane) -> None:
        """Line by line: a polyline wider than a pixel takes many times as long."""
        errors, best = self._history.errors.points, self._history.best
        now = max(self._history.seconds, errors[-1][0])
        points = plane.points([*errors, (now, errors[-1][1])])
        painter.setPen(QPen(color("accent"), 1.5))
        painter.drawLines([QLineF(*pair) for pair in itertools.pairwise(points)])
        if best is not None:
            painter.setPen(QPen(color("panel"), 2))
            painter.setBrush(color("accent"))
            painter.drawEllipse(plane.points([best])[0], 5, 5)

    # What lies under the pointer

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        place, x = self.plane().place, event.position().x()
        inside = place.left() <= x <= place.right() and bool(self._history.errors.points)
        self._point((x - place.left()) / place.width() * self._seconds if inside else None)

    def leaveEvent(self, event: QEvent) -> None:
        self._point(None)
        super().leaveEvent(event)

    def _point(self, seconds: float | None) -> None:
        self._pointer = None if seconds is None else min(seconds, self._history.seconds)
        self.hovered.emit("" if self._pointer is None else self.read_out(self._pointer))
        self.update()

    def read_out(self, seconds: float) -> str:
        """`1:12 · error 4.81 dB · loss 5,210`."""
        errors, losses = self._history.errors, self._history.losses
        return read_out(seconds, errors.at(seconds), losses.at(seconds))
