"""Plot of a training: validation error over training time, the loss behind it, and the best point."""

import sys
from collections.abc import Sequence
from importlib import import_module
from typing import Any

from PySide6.QtCore import QEvent, QPointF, Signal
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from distill_app.ui.style.theme import GRID
from distill_app.ui.train.training.format import clock_of, read_out
from distill_app.ui.train.training.history import TrainingHistory
from distill_app.ui.translation import tr
from distill_app.ui.widgets.controls import tight
from distill_app.workers.background_job import BackgroundJobs, single_step

_PLOT_MODULE = "distill_app.ui.train.training.error_plot"
_SETTLED = 0.2
"""Fraction of the time whose values do not stretch the axis: a training begins far above where it ends."""
_MARGIN, _MARGIN_MIN = 0.1, 0.03
"""Space above and below the curve as a fraction of its height, and at least as a fraction of its highest value."""
_SHOWN_BELOW, _SHOWN_ABOVE = 0.9, 1.02
"""Part of the error axis that always shows, as multiples of the first model's error."""

Points = Sequence[tuple[float, float]]


class LossCurve(QWidget):
    """Linear time axis up to the planned end; the loss is scaled to the height of the error axis.

    The plot is created when a training is first shown, once a thread has imported pyqtgraph, which takes long.
    """

    hovered = Signal(str)
    """Read-out under the pointer, "" once it has left."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._history, self._seconds = TrainingHistory(), 0.0
        self._jobs, self._importing = BackgroundJobs("distill-plot-import", self), False
        self._column = tight(QVBoxLayout(self))
        self.plot: Any = None
        """An ErrorPlot once a training was shown and pyqtgraph is imported."""
        self.setMinimumHeight(18 * GRID)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName(tr("Validation error over time"))

    def show_history(self, history: TrainingHistory, seconds: float) -> None:
        """Shows a training.

        Args:
            seconds: least end of the time axis.
        """
        self._history, self._seconds = history, seconds
        if history.best is not None:
            best = tr("Best {error} dB after {time}")
            text = best.format(error=f"{history.best[1]:.2f}", time=clock_of(history.best[0]))
            self.setAccessibleDescription(text)
        if self.plot is not None:
            self._draw()
        elif hasattr(sys.modules.get(_PLOT_MODULE), "ErrorPlot"):
            self._create_plot()
        elif not self._importing:
            self._importing = True
            self._jobs.add(single_step(lambda: import_module(_PLOT_MODULE)), self._on_imported)

    def _on_imported(self, _module: object) -> None:
        if self.plot is None:
            self._create_plot()

    def _create_plot(self) -> None:
        from distill_app.ui.train.training.error_plot import ErrorPlot

        self.plot = ErrorPlot()
        self.plot.widget.scene().sigMouseMoved.connect(self._on_mouse_moved)
        self._column.addWidget(self.plot.widget)
        self._draw()

    def _draw(self) -> None:
        history = self._history
        if history.errors.points:
            end = max(self._seconds, history.seconds, 1.0)
            self.plot.show_curves(*_curves(history), history.best, end)

    def close_import(self) -> None:
        """Shows no plot any more; the import ends by itself."""
        self._jobs.cancel()

    def _on_mouse_moved(self, position: QPointF) -> None:
        seconds = self.plot.seconds_at(position)
        self._point_at(None if seconds is None else min(seconds, self._history.seconds))

    def leaveEvent(self, event: QEvent) -> None:
        self._point_at(None)
        super().leaveEvent(event)

    def _point_at(self, seconds: float | None) -> None:
        if self.plot is not None:
            self.plot.show_pointer(seconds)
            self.hovered.emit("" if seconds is None else self.read_out(seconds))

    def read_out(self, seconds: float) -> str:
        """`1:12 · error 4.81 dB · loss 5,210`."""
        errors, losses = self._history.errors, self._history.losses
        return read_out(seconds, errors.at(seconds), losses.at(seconds))


def _curves(history: TrainingHistory) -> tuple[Points, Points, tuple[float, float]]:
    """Errors up to now, losses scaled to their height, and the range of the error axis."""
    errors = history.errors.points
    limits = _with_first(settled_range(errors), history.first_error_db)
    end = max(history.seconds, errors[-1][0])
    return [*errors, (end, errors[-1][1])], _scaled(history.losses.points, limits), limits


def _with_first(limits: tuple[float, float], first_error_db: float | None) -> tuple[float, float]:
    """Limits that hold the first model's error and a tenth less, so that an error that hardly falls looks like one."""
    if first_error_db is None:
        return limits
    return min(limits[0], _SHOWN_BELOW * first_error_db), max(limits[1], _SHOWN_ABOVE * first_error_db)


def _scaled(points: Points, limits: tuple[float, float]) -> Points:
    """Points whose settled range is mapped to `limits`."""
    if len(points) < 2:
        return []
    low, high = settled_range(points)
    scale = (limits[1] - limits[0]) / (high - low)
    return [(seconds, limits[0] + scale * (value - low)) for seconds, value in points]


def settled_range(points: Points) -> tuple[float, float]:
    """Range of the values after the first fifth of the time, with a margin."""
    last = points[-1][0]
    values = [value for seconds, value in points if seconds >= _SETTLED * last]
    low, high = min(values), max(values)
    margin = max(_MARGIN * (high - low), _MARGIN_MIN * abs(high), 1e-3)
    return low - margin, high + margin
