"""Status bar badge with the progress of a running training, for pages that do not show it."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from distill_app.ui.style.theme import GRID
from distill_app.ui.train.training.controller import TrainingController
from distill_app.ui.train.training.format import time_left
from distill_app.ui.widgets.controls import Button, tight
from distill_app.ui.widgets.progress_bar import ProgressBar
from distill_app.workers.training.request import VocoderRequest

_BAR_WIDTH = 6 * GRID
_NAME_LENGTH = 24
_STAGES = {"starting": "starting", "scanning": "reading", "analysing": "analysing", "saving": "saving"}


class TrainingBadge(QWidget):
    """`clicked` leads to the training. Hidden while none runs, or where it is not wanted."""

    clicked = Signal()

    def __init__(self, training: TrainingController, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._training, self._wanted = training, True
        self.bar, self.words = ProgressBar(), Button("", "inline", "Show the training")
        self.bar.setFixedWidth(_BAR_WIDTH)
        for widget in (self, self.words):
            widget.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        row = tight(QHBoxLayout(self), GRID // 2)
        row.addWidget(self.bar)
        row.addWidget(self.words)
        self.words.clicked.connect(self.clicked)
        training.changed.connect(self._show)
        self.hide()

    def set_wanted(self, wanted: bool) -> None:
        """Whether the page that shows has nothing of the training."""
        self._wanted = wanted
        self._show()

    def _show(self) -> None:
        training = self._training
        if training.running:
            words = badge_words(training)
            self.words.setText(words)
            self.words.setAccessibleName(words)
            self.bar.set_fraction(0.0 if training.history.line is None else training.history.line.fraction)
        self.setVisible(training.running and self._wanted)


def badge_words(training: TrainingController) -> str:
    """`Training “Drums”: 1:10 left`, `Training “Drums”: analysing, 40 %`, `Training “Drums”: paused`."""
    request, line = training.request, training.history.line
    name = "" if request is None else f"“{_shortened(request.out.stem)}”"
    what = f"a vocoder for {name}" if isinstance(request, VocoderRequest) else name
    stage = "paused" if training.state == "paused" else _STAGES.get(training.state, "")
    left = "" if stage == "paused" else time_left(line)
    return f"Training {what}: {', '.join(filter(None, (stage, left)))}".removesuffix(": ")


def _shortened(name: str) -> str:
    return name if len(name) <= _NAME_LENGTH else f"{name[: _NAME_LENGTH - 1].rstrip()}…"
