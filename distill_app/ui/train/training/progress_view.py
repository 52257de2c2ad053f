"""Plots of a training: validation error, demos, and the spectrogram of a reconstruction."""

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from distill_app.ui.style.theme import GRID
from distill_app.ui.train.training.controller import TrainingController
from distill_app.ui.train.training.demos import TrainingDemos
from distill_app.ui.train.training.history import TrainingHistory
from distill_app.ui.train.training.loss_curve import LossCurve
from distill_app.ui.train.training.spectrogram_pair import SpectrogramPair
from distill_app.ui.translation import tr
from distill_app.ui.widgets.controls import Caption, ElidedLabel, tight


class ProgressView(QWidget):
    """Shows the history of a `TrainingController`."""

    def __init__(self, training: TrainingController, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.curve, self.demos, self.pictures = LossCurve(), TrainingDemos(), SpectrogramPair()
        self.read_out = ElidedLabel()
        self.placeholder = Caption(tr("Progress appears here after the first steps."))
        self._heading = QWidget()
        self._training = training
        self._build()
        self.demos.chosen.connect(self.pictures.show_demo)
        self.demos.play_asked.connect(training.play)
        self.demos.silence_asked.connect(lambda: training.play(None))
        self.curve.hovered.connect(self.read_out.set_text)
        self.pictures.hovered.connect(self.read_out.set_text)

    def _build(self) -> None:
        heading = tight(QHBoxLayout(self._heading), 2 * GRID)
        heading.addWidget(Caption(tr("Validation error")))
        heading.addWidget(self.read_out, 1)
        lower = tight(QHBoxLayout(), 2 * GRID)
        self.demos.setFixedWidth(22 * GRID)
        lower.addWidget(self.demos)
        lower.addWidget(self.pictures, 1)
        column = tight(QVBoxLayout(self))
        column.addWidget(self.placeholder)
        column.addWidget(self._heading)
        column.addWidget(self.curve, 3)
        column.addLayout(lower, 4)
        column.addStretch(0)

    def show_history(self, history: TrainingHistory) -> None:
        """Shows the parts that exist: a vocoder has no demos, and before the first steps there is nothing."""
        self.curve.show_history(history, _planned_seconds(self._training, history))
        for widget in (self._heading, self.curve):
            widget.setVisible(bool(history.errors.points))
        for widget in (self.demos, self.pictures):
            widget.setVisible(bool(history.demos))
        self.placeholder.setVisible(not (history.errors.points or history.demos))
        self.demos.show_demos(history.demos)
        self.demos.show_playing(self._training.playing)


def _planned_seconds(training: TrainingController, history: TrainingHistory) -> float:
    """Planned end of the training: the reported remaining time, else the duration that was asked for."""
    line = history.status
    if line is not None and line.remaining_seconds is not None and line.stage == "train":
        return history.seconds + line.remaining_seconds
    return history.seconds if training.spec is None or not training.running else 60 * training.spec.minutes
