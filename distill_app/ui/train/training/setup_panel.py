"""Before a training: what is learned from, how long, what it takes, and the button."""

from collections.abc import Iterable
from dataclasses import dataclass

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QStackedLayout, QVBoxLayout, QWidget

from distill_app.training.run.spec import ModelSpec, TrainingOptions
from distill_app.ui.common.background import LatestTask
from distill_app.ui.style.format import file_size
from distill_app.ui.style.theme import GRID
from distill_app.ui.train.training.form import TrainingForm
from distill_app.ui.train.training.format import clock_of
from distill_app.ui.widgets.controls import Button, Title, tight
from distill_app.ui.widgets.empty_state import EmptyState
from distill_app.ui.widgets.notice import Notice
from distill_app.ui.widgets.wrapping_label import WrappingLabel
from distill_app.workers.training.memory_estimate import estimated_bytes

_SLIDERS_SECONDS = 110.0
"""Measured on two cores: so long, about, it takes to begin and, at the end, to find the sliders."""


@dataclass(frozen=True)
class TrainingSummary:
    """What would be learned.

    Args:
        name: of the model to come.
        facts: what it is learned from: `20 recordings`, `1:15 min`.
        seconds: of recordings.
        obstacle: why nothing can be learned yet, a sentence; "" where it can.
        button: what helps, "" for nothing.
    """

    name: str = ""
    facts: tuple[str, ...] = ()
    seconds: float = 0.0
    obstacle: str = "Drop a folder of your recordings here."
    button: str = ""


class SetupPanel(QWidget):
    """An empty state, or a form."""

    begin_asked = Signal(object)
    """A Wish."""
    help_asked = Signal()
    """The button of a subject that cannot be learned yet."""
    other_asked = Signal()
    """The training of another subject is to be shown."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.subject = TrainingSummary()
        self.empty, self.form = EmptyState(), TrainingForm(TrainingOptions(ModelSpec.minutes))
        self.title, self.facts, self.estimate = Title(""), WrappingLabel(), WrappingLabel()
        self.begin = Button("Start learning", "primary", "A model of your own, in minutes")
        self.other = Notice()
        self._memory = 0
        self._pages = QStackedLayout()
        self._aside = LatestTask(self)
        self._build()
        self._aside.answered.connect(self._on_estimated)
        self.begin.clicked.connect(self._on_begin)
        self.empty.chosen.connect(self.help_asked)
        self.other.chosen.connect(self.other_asked)
        self.form.changed.connect(self._show_estimate)
        self.show_summary(self.subject)

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

    def show_summary(self, subject: TrainingSummary) -> None:
        before, self.subject = self.subject, subject
        if subject.obstacle:
            self.empty.set_text("Nothing to learn from yet", subject.obstacle, subject.button)
        self._pages.setCurrentIndex(0 if subject.obstacle else 1)
        self.title.setText(f"Learn “{subject.name}”")
        self.facts.set_facts([subject.facts])
        self._show_estimate()
        if not subject.obstacle and subject.seconds != before.seconds:
            self._aside.ask(lambda: estimated_bytes(subject.seconds))

    def show_other(self, words: str) -> None:
        """Show the state of a training of another subject, with a link to it; "" for none."""
        if words:
            self.other.show_message("info", words, "Show")
        else:
            self.other.clear()

    def set_devices(self, devices: Iterable[str]) -> None:
        self.form.set_devices(devices)

    def _show_estimate(self) -> None:
        options = self.form.options
        whole = clock_of(60 * options.minutes + _SLIDERS_SECONDS)
        memory = f"about {file_size(self._memory)} of memory" if self._memory and options.device == "cpu" else ""
        self.estimate.set_facts([(f"A model in about {whole} min", memory)])

    def _on_estimated(self, octets: int) -> None:
        self._memory = octets
        self._show_estimate()

    def _on_begin(self) -> None:
        self.form.flush()
        self.begin_asked.emit(self.form.options)

    def close_estimate(self) -> None:
        self._aside.close()
