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
_STAGES = {"starting": "starting", "scanning": "reading", "finding": "analysing", "saving": "saving"}


class TrainingBadge(QWidget):
    """`clicked` leads to the training. Hidden while none runs, or where it is not wanted."""

    clicked = Signal()

    def __init__(self, learning: TrainingController, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._learning, self._wanted = learning, True
        self.bar, self.words = ProgressBar(), Button("", "inline", "Show the training")
        self.bar.setFixedWidth(_BAR_WIDTH)
        for widget in (self, self.words):
            widget.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        row = tight(QHBoxLayout(self), GRID // 2)
        row.addWidget(self.bar)
        row.addWidget(self.words)
        self.words.clicked.connect(self.clicked)
        learning.changed.connect(self._show)
        self.hide()

    def set_wanted(self, wanted: bool) -> None:
        """Whether the page that shows has nothing of the training."""
        self._wanted = wanted
        self._show()

    def _show(self) -> None:
        learning = self._learning
        if learning.running:
            words = badge_words(learning)
            self.words.setText(words)
            self.words.setAccessibleName(words)
            self.bar.set_fraction(0.0 if learning.history.line is None else learning.history.line.fraction)
        self.setVisible(learning.running and self._wanted)


def badge_words(learning: TrainingController) -> str:
    """`Training “Drums”: 1:10 left`, `Training “Drums”: analysing, 40 %`, `Training “Drums”: paused`."""
    request, line = learning.request, learning.history.line
    name = "" if request is None else f"“{_shortened(request.out.stem)}”"
    what = f"a vocoder for {name}" if isinstance(request, VocoderRequest) else name
    stage = "paused" if learning.state == "paused" else _STAGES.get(learning.state, "")
    left = "" if stage == "paused" else time_left(line)
    return f"Training {what}: {', '.join(filter(None, (stage, left)))}".removesuffix(": ")


def _shortened(name: str) -> str:
    return name if len(name) <= _NAME_LENGTH else f"{name[: _NAME_LENGTH - 1].rstrip()}…"
