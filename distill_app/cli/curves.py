"""The log of a training as a picture: one panel per figure, hours to the right."""

import math
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from distill_app.atomic import atomic_path

if TYPE_CHECKING:
    from PySide6.QtCore import QPointF, QRectF
    from PySide6.QtGui import QPainter

_WIDTH, _PANEL_HEIGHT, _MARGIN = 1_000, 190, 60
_PAPER, _INK, _GRID, _LINE, _DOT = "#ffffff", "#202020", "#dddddd", "#3070c0", "#d06020"
_DOT_PIXELS = 3.0

Row = dict[str, float]


@dataclass(frozen=True)
class Panel:
    """A figure: its title, its column on the recordings learned from, and on those held out."""

    title: str
    learned: str
    held_out: str = ""


def draw_curves(rows: Sequence[Row], panels: Sequence[Panel], path: Path) -> None:
    """Writes a PNG: a line for what is learned, dots for what is held out; a panel without figures is left out.

    Raises ImportError where there is no Qt to draw with, OSError where the file cannot be written.
    """
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from PySide6.QtCore import QRectF
    from PySide6.QtGui import QColor, QImage, QPainter
    from PySide6.QtWidgets import QApplication

    application = QApplication.instance() or QApplication(["distill"])  # text needs one
    shown = [panel for panel in panels if _points(rows, panel.learned) or _points(rows, panel.held_out)]
    image = QImage(_WIDTH, _PANEL_HEIGHT * max(1, len(shown)), QImage.Format.Format_RGB32)
    image.fill(QColor(_PAPER))
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    for number, panel in enumerate(shown):
        area = QRectF(_MARGIN, number * _PANEL_HEIGHT + 28, _WIDTH - 2 * _MARGIN, _PANEL_HEIGHT - 50)
        _draw_panel(painter, area, panel, rows)
    painter.end()
    with atomic_path(path) as temporary:
        if not image.save(str(temporary)):
            raise OSError("the disk may be full")
    del application


def _draw_panel(painter: "QPainter", area: "QRectF", panel: Panel, rows: Sequence[Row]) -> None:
    from PySide6.QtGui import QColor, QPolygonF

    learned, held_out = _points(rows, panel.learned), _points(rows, panel.held_out)
    scale = _Scale.over([*learned, *held_out])
    _draw_frame(painter, area, panel, scale)
    painter.setPen(QColor(_LINE))
    painter.drawPolyline(QPolygonF([scale.place(area, point) for point in learned]))
    painter.setPen(QColor(_DOT))
    painter.setBrush(QColor(_DOT))
    for point in held_out:
        painter.drawEllipse(scale.place(area, point), _DOT_PIXELS, _DOT_PIXELS)


def _points(rows: Sequence[Row], column: str) -> list[tuple[float, float]]:
    return [(row["hours"], row[column]) for row in rows if "hours" in row and column in row]


@dataclass(frozen=True)
class _Scale:
    """Where a panel begins and ends."""

    hours: float
    low: float
    high: float

    @classmethod
    def over(cls, points: Sequence[tuple[float, float]]) -> "_Scale":
        values = sorted(value for _, value in points if math.isfinite(value))
        high = values[int(0.98 * (len(values) - 1))]  # the first steps would press the rest flat
        low = values[0]
        return cls(max(hours for hours, _ in points) or 1.0, low, high if high > low else low + 1.0)

    def place(self, area: "QRectF", point: tuple[float, float]) -> "QPointF":
        from PySide6.QtCore import QPointF

        share = min(1.0, (point[1] - self.low) / (self.high - self.low))
        return QPointF(area.left() + area.width() * point[0] / self.hours, area.bottom() - area.height() * share)


def _draw_frame(painter: "QPainter", area: "QRectF", panel: Panel, scale: _Scale) -> None:
    from PySide6.QtCore import QPointF
    from PySide6.QtGui import QColor

    for share in (0.0, 0.5, 1.0):
        value, hours = scale.low + share * (scale.high - scale.low), share * scale.hours
        left = scale.place(area, (0.0, value))
        below = scale.place(area, (hours, scale.low))
        painter.setPen(QColor(_GRID))
        painter.drawLine(left, left + QPointF(area.width(), 0))
        painter.setPen(QColor(_INK))
        painter.drawText(left + QPointF(4 - _MARGIN, 4), f"{value:.3g}")
        painter.drawText(below + QPointF(-10, 16), f"{hours:.2g} h")
    note = " (dots: recordings held out)" if panel.held_out else ""
    painter.drawText(area.topLeft() + QPointF(0, -10), panel.title + note)
