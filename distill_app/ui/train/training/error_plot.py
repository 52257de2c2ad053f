"""pyqtgraph plot of errors and losses over training time, in the colours of the theme."""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QPen

from distill_app.ui.style.theme import GRID, caption_font, color
from distill_app.ui.train.training.format import clock_of

_LABEL_WIDTH = 88
"""Width of a time label with its surroundings, in pixels."""
_LEFT_WIDTH = 64
_TIME_STEPS = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600)
"""Distances of the ticks of the time axis, in seconds."""
Points = Sequence[tuple[float, float]]


class ErrorPlot:
    """Owns a PlotWidget; pyqtgraph is untyped, so that it is held and not inherited from."""

    def __init__(self) -> None:
        self.widget: Any = pg.PlotWidget(background=color("panel"), enableMenu=False)
        self._item = self.widget.getPlotItem()
        self._losses, self._errors = self._curve(_pen("control", 1, 0.7)), self._curve(_pen("accent", 1.5))
        self._best = pg.ScatterPlotItem(size=10, pen=_pen("panel", 2), brush=color("accent"))
        self._pointer = pg.InfiniteLine(angle=90, pen=_pen("text", 1, 0.5))
        self._item.addItem(self._best, ignoreBounds=True)
        self._item.addItem(self._pointer, ignoreBounds=True)
        self._pointer.hide()
        self._set_up()

    def _set_up(self) -> None:
        self.widget.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._item.setMouseEnabled(x=False, y=False)
        self._item.hideButtons()
        self._item.setContentsMargins(0, GRID, GRID, 0)
        self._item.showGrid(y=True, alpha=0.15)
        time, level = self._item.getAxis("bottom"), self._item.getAxis("left")
        time.tickSpacing, time.tickStrings = time_spacing, time_labels
        level.tickStrings = level_labels
        level.setWidth(_LEFT_WIDTH)
        for axis in (time, level):
            axis.setStyle(tickFont=caption_font(), tickLength=0, maxTickLevel=0)
            axis.setPen(color("line"))
            axis.setTextPen(color("muted"))

    def _curve(self, pen: QPen) -> Any:
        """A curve painted line by line: as one antialiased path it would take three times as long."""
        curve = self._item.plot(pen=pen, antialias=True)
        curve.curve.setSegmentedLineMode("on")
        return curve

    def show_curves(
        self, errors: Points, losses: Points, limits: tuple[float, float], best: tuple[float, float] | None, end: float
    ) -> None:
        """Shows both curves and the best point.

        Args:
            errors, losses: seconds and values.
            limits: lower and upper end of the vertical axis.
            end: end of the time axis, in seconds.
        """
        self._errors.setData(*_columns(errors))
        self._losses.setData(*_columns(losses))
        self._best.setData(*_columns([] if best is None else [best]))
        self._item.setXRange(0, end, padding=0)
        self._item.setYRange(*limits, padding=0)

    def seconds_at(self, position: QPointF) -> float | None:
        """Time at a position in scene coordinates; None outside the plot."""
        box = self._item.getViewBox()
        return float(box.mapSceneToView(position).x()) if box.sceneBoundingRect().contains(position) else None

    def show_pointer(self, seconds: float | None) -> None:
        """Shows a vertical line; None hides it."""
        self._pointer.setVisible(seconds is not None)
        if seconds is not None:
            self._pointer.setValue(seconds)


def time_spacing(low: float, high: float, width: float) -> list[tuple[float, float]]:
    """Step of the time axis and its offset: a round number of seconds, minutes or hours."""
    least = (high - low) * _LABEL_WIDTH / max(width, 1)
    step = next((step for step in _TIME_STEPS if step >= least), 3600 * math.ceil(least / 3600))
    return [(step, 0)]


def time_labels(seconds: Sequence[float], scale: float, step: float) -> list[str]:
    return [clock_of(each) for each in seconds]


def level_labels(levels_db: Sequence[float], scale: float, step: float) -> list[str]:
    """`4.3 dB`, with as many digits as the step needs."""
    digits = max(0, -math.floor(math.log10(step) + 1e-9))
    return [f"{level:.{digits}f} dB" for level in levels_db]


def _columns(points: Points) -> tuple[np.ndarray, np.ndarray]:
    seconds, values = np.array(points, dtype=float).reshape(-1, 2).T
    return seconds, values


def _pen(token: str, width: float, alpha: float = 1.0) -> QPen:
    pen = QPen(color(token, alpha), width)
    pen.setCosmetic(True)
    return pen
