"""Set-up of the next training: recordings, duration, estimated resources and the start button."""

from collections.abc import Iterable
from dataclasses import dataclass

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QStackedLayout, QVBoxLayout, QWidget

from distill_app.training.run.spec import ModelSpec, TrainingOptions
from distill_app.training.vae.memory_estimate import estimated_bytes
from distill_app.ui.style.theme import GRID
from distill_app.ui.train.training.form import TrainingForm
from distill_app.ui.train.training.format import clock_of, memory_text
from distill_app.ui.translation import tr
from distill_app.ui.widgets.controls import Button, Title, tight
from distill_app.ui.widgets.empty_state import EmptyState
from distill_app.ui.widgets.notice import Notice
from distill_app.ui.widgets.wrapping_label import WrappingLabel
from distill_app.workers.background_job import BackgroundJobs, single_step

_SLIDERS_SECONDS = 10.0
"""Time to start a training and to find the sliders, at its beginning and its end, measured on two cores."""


@dataclass(frozen=True)
class TrainingSummary:
    """The next training.

    Args:
        name: name of the model.
        facts: texts about the recordings: `20 files`, `1:15 min`.
        seconds: duration of the recordings.
        obstacle: why the training cannot start, in a sentence; "" where it can.
        button: text of the button that helps; "" for none.
    """

    name: str = ""
    facts: tuple[str, ...] = ()
    seconds: float = 0.0
    obstacle: str = ""
    button: str = ""


class SetupPanel(QWidget):
    """Shows a form, or a placeholder while nothing can be trained."""

    begin_asked = Signal(object)
    """The user wants to start; carries TrainingOptions."""
    help_asked = Signal()
    """The user clicked the button of the placeholder."""
    other_asked = Signal()
    """The user wants to see the training of other recordings."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.summary = TrainingSummary(obstacle=tr("Drop a folder of your recordings here."))
        self.empty, self.form = EmptyState(), TrainingForm(TrainingOptions(ModelSpec.minutes, ends_early=True))
        self.title, self.facts, self.estimate = Title(""), WrappingLabel(), WrappingLabel()
        self.begin = Button(tr("Start training"), "primary", tr("A model of your own, in minutes"))
        self.other = Notice()
        self._memory_bytes = 0
        self._pages = QStackedLayout()
        self._jobs = BackgroundJobs("distill-memory-estimate", self)
        self.form.offer_model_choices()
        self._build()
        self.begin.clicked.connect(self._on_begin)
        self.empty.chosen.connect(self.help_asked)
        self.other.chosen.connect(self.other_asked)
        self.form.changed.connect(self._show_estimate)
        self.show_summary(self.summary)

    def _build(self) -> None:
        page = QWidget()
        column = tight(QVBoxLayout(page), GRID)
        column.addWidget(self.title)
        column.addWidget(self.facts)
        column.addSpacing(GRID)
        column.addWidget(self.form)
        column.addWidget(self.estimate)
        column.addSpacing(GRID)
        row = tight(QHBoxLayout())
        row.addWidget(self.begin)
        row.addStretch()
        column.addLayout(row)
        column.addStretch()
        whole = tight(QVBoxLayout(self), GRID)
        whole.addWidget(self.other)
        whole.addLayout(self._pages, 1)
        self._pages.addWidget(self.empty)
        self._pages.addWidget(page)

    def show_summary(self, summary: TrainingSummary) -> None:
        before, self.summary = self.summary, summary
        if summary.obstacle:
            self.empty.set_text(tr("Nothing to train on yet"), summary.obstacle, summary.button)
        self._pages.setCurrentIndex(0 if summary.obstacle else 1)
        self.title.setText(tr("Train “{name}”").format(name=summary.name))
        self.facts.set_facts([summary.facts])
        self._show_estimate()
        if not summary.obstacle and summary.seconds != before.seconds:
            self._jobs.cancel()
            self._jobs.add(single_step(lambda: estimated_bytes(summary.seconds)), self._on_estimated)

    def show_other(self, sentence: str) -> None:
        """Shows a message about a training of other recordings, with a link to it; "" for none."""
        if sentence:
            self.other.show_message("info", sentence, tr("Show"))
        else:
            self.other.clear()

    def set_devices(self, devices: Iterable[str]) -> None:
        self.form.set_devices(devices)

    def _show_estimate(self) -> None:
        options = self.form.options
        whole = clock_of(60 * options.minutes + _SLIDERS_SECONDS)
        first = tr("A first model in seconds, the refined one in at most {time} min")
        time = (first if options.ends_early else tr("A model in about {time} min")).format(time=whole)
        memory = memory_text(self._memory_bytes) if self._memory_bytes and options.device == "cpu" else ""
        self.estimate.set_facts([(time, memory)])

    def _on_estimated(self, memory_bytes: int) -> None:
        self._memory_bytes = memory_bytes
        self._show_estimate()

    def _on_begin(self) -> None:
        self.form.flush()
        self.begin_asked.emit(self.form.options)

    def close_estimate(self) -> None:
        self._jobs.close()
