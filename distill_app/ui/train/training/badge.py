"""Status bar badge with the progress of a running training, for pages that do not show the training."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from distill_app.training.run.spec import EmbeddedVocoderSpec
from distill_app.ui.style.theme import GRID
from distill_app.ui.train.training.controller import TrainingController
from distill_app.ui.train.training.format import time_left
from distill_app.ui.train.training.state import State
from distill_app.ui.translation import tr
from distill_app.ui.widgets.controls import Button, tight
from distill_app.ui.widgets.progress_bar import ProgressBar

_BAR_WIDTH = 6 * GRID
_NAME_LENGTH = 24


class TrainingBadge(QWidget):
    """Progress bar and button; visible only while a training runs and the page does not show it."""

    clicked = Signal()
    """The user wants to see the training."""

    def __init__(self, training: TrainingController, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._training, self._wanted = training, True
        self.bar, self.button = ProgressBar(), Button("", "inline", tr("Show the training"))
        self.bar.setFixedWidth(_BAR_WIDTH)
        for widget in (self, self.button):
            widget.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        row = tight(QHBoxLayout(self), GRID // 2)
        row.addWidget(self.bar)
        row.addWidget(self.button)
        self.button.clicked.connect(self.clicked)
        training.changed.connect(self._show)
        self.hide()

    def set_wanted(self, wanted: bool) -> None:
        """Sets whether the badge is shown while a training runs."""
        self._wanted = wanted
        self._show()

    def _show(self) -> None:
        training = self._training
        if training.running:
            text = badge_text(training)
            self.button.setText(text)
            self.button.setAccessibleName(text)
            self.bar.set_fraction(0.0 if training.history.status is None else training.history.status.fraction)
        self.setVisible(training.running and self._wanted)


def badge_text(training: TrainingController) -> str:
    """`Training “Drums”: 1:10 left`, `Training “Drums”: analysing, 40 %`, `Training “Drums”: paused`."""
    spec = training.spec
    name = "" if spec is None else _shorten(spec.out.stem)
    vocoder = isinstance(spec, EmbeddedVocoderSpec)
    title = (tr("Training a vocoder for “{name}”") if vocoder else tr("Training “{name}”")).format(name=name)
    left = "" if training.state == "paused" else time_left(training.history.status, spec)
    progress = ", ".join(filter(None, (_stage(training.state), left)))
    return f"{title}: {progress}" if progress else title


def _stage(state: State) -> str:
    stages: dict[State, str] = {
        "starting": tr("starting"),
        "scanning": tr("reading"),
        "paused": tr("paused"),
        "analysing": tr("analysing"),
        "saving": tr("saving"),
    }
    return stages.get(state, "")


def _shorten(name: str) -> str:
    return name if len(name) <= _NAME_LENGTH else f"{name[: _NAME_LENGTH - 1].rstrip()}…"
