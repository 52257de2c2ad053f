"""Plot of the log of a training, one panel per figure, over hours."""

import math
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from distill_app.common.atomic_io import atomic_path

_WIDTH, _PANEL_HEIGHT, _AXIS_WIDTH = 1_000, 200, 56
_PAPER, _INK, _LINE, _DOT = "#ffffff", "#202020", "#3070c0", "#d06020"
_GRID_OPACITY, _SIDES = 0.25, 0.01
_SHARE_SHOWN = 0.98  # of training values: the first steps would press the rest flat

Row = dict[str, float]
Points = NDArray[np.float64]


@dataclass(frozen=True)
class Panel:
    """Panel of one figure: its title, and its columns on training and on validation recordings."""

    title: str
    train: str
    held_out: str = ""


def draw_curves(rows: Sequence[Row], panels: Sequence[Panel], path: Path) -> None:
    """Writes a PNG: lines for training, dots for validation; panels without values are left out.

    Raises ImportError where there is no Qt to draw with, OSError where the file cannot be written.
    """
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    os.environ.setdefault("PYQTGRAPH_QT_LIB", "PySide6")
    from pyqtgraph import GraphicsLayoutWidget
    from pyqtgraph.exporters import ImageExporter

    figures = [(panel.title, _points(rows, panel.train), _points(rows, panel.held_out)) for panel in panels]
    shown = [figure for figure in figures if len(figure[1]) or len(figure[2])]
    hours = _points(rows, "hours")[:, 0].max(initial=0.0)
    picture = GraphicsLayoutWidget(size=(_WIDTH, _PANEL_HEIGHT * max(1, len(shown))))
    picture.setBackground(_PAPER)
    for number, figure in enumerate(shown):
        _draw_panel(picture.addPlot(number, 0), *figure, hours)
    picture.grab()  # lays out a window that is never on a screen
    with atomic_path(path) as temporary:
        if not ImageExporter(picture.scene()).export(str(temporary)):
            raise OSError("the disk may be full")


def _points(rows: Sequence[Row], column: str) -> Points:
    """Hours and values `[points, 2]` where both are finite."""
    points = np.array([(row.get("hours", np.nan), row.get(column, np.nan)) for row in rows]).reshape(-1, 2)
    return points[np.isfinite(points).all(axis=1)]


def _draw_panel(plot: Any, title: str, train: Points, held_out: Points, hours: float) -> None:
    _label(plot, title + (" (dots: recordings held out)" if len(held_out) else ""))
    plot.plot(train, pen={"color": _LINE, "width": 1.5}, antialias=True)
    plot.plot(held_out, pen=None, symbol="o", symbolSize=8, symbolPen=None, symbolBrush=_DOT)
    plot.setXRange(0.0, hours, padding=_SIDES)
    plot.setYRange(*_figure_range(train[:, 1], held_out[:, 1]))


def _label(plot: Any, title: str) -> None:
    """Labels a panel before its ranges are set: an axis keeps an SI prefix that it has chosen by then."""
    plot.setTitle(title, color=_INK, size="10pt", justify="left")
    plot.setLabel("bottom", "hours")
    plot.getAxis("bottom").enableAutoSIPrefix(False)
    plot.getAxis("left").setWidth(_AXIS_WIDTH)
    for side in ("left", "bottom"):
        plot.getAxis(side).setTextPen(_INK)
    plot.showGrid(x=True, y=True, alpha=_GRID_OPACITY)


def _figure_range(train: Points, held_out: Points) -> tuple[float, float]:
    """Range of all validation values, and of the training values without the highest ones."""
    lowest = np.sort(train)[: math.ceil(_SHARE_SHOWN * len(train))]
    figures = np.concatenate([lowest, held_out])
    return figures.min(), figures.max()
