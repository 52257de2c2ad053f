"""Status of a training: stage, remaining time, figures, result and messages."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from distill_app.models.header import ModelHeader
from distill_app.training.run.spec import EmbeddedVocoderSpec
from distill_app.ui.common.grain_text import grain_text
from distill_app.ui.play.descriptor_help import shown_name
from distill_app.ui.style.theme import GRID, strong_font
from distill_app.ui.train.training.controller import TrainingController
from distill_app.ui.train.training.format import (
    machine_facts,
    novelty_text,
    progress_facts,
    result_facts,
    skipped_text,
    sliders_text,
    time_left,
    title_of,
    verdict_text,
)
from distill_app.ui.train.training.state_presenter import state_view
from distill_app.ui.translation import tr
from distill_app.ui.widgets.controls import Button, Caption, ElidedLabel, Title, tight
from distill_app.ui.widgets.notice import Notice, NoticeKind
from distill_app.ui.widgets.progress_bar import ProgressBar
from distill_app.ui.widgets.wrapping_label import WrappingLabel


class TrainingStatusPanel(QWidget):
    """Shows the status of a `TrainingController`."""

    stop_asked = Signal()
    """The user clicked the button of the hint that the training hardly improves."""

    def __init__(self, training: TrainingController, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._training = training
        self.title, self.machine = Title(""), ElidedLabel()
        self.stage, self.left, self.bar = ElidedLabel(tone=""), QLabel(), ProgressBar()
        self.facts, self.result = WrappingLabel(), Caption()
        self.skipped = Button("", "inline", tr("List the skipped files"))
        self.notice, self.trouble = Notice(), Notice()
        self._build()
        self.notice.chosen.connect(self.stop_asked)

    def _build(self) -> None:
        for label in (self.stage, self.left):
            label.setFont(strong_font())
        self.result.setWordWrap(True)
        heading, progress = tight(QHBoxLayout(), 2 * GRID), tight(QHBoxLayout(), 2 * GRID)
        heading.addWidget(self.title)
        heading.addWidget(self.machine, 1)
        progress.addWidget(self.stage, 1)
        progress.addWidget(self.left)
        figures = tight(QHBoxLayout(), 2 * GRID)
        figures.addWidget(self.facts, 1)
        figures.addWidget(self.skipped, 0, Qt.AlignmentFlag.AlignTop)
        column = tight(QVBoxLayout(self), GRID)
        column.addLayout(heading)
        column.addLayout(progress)
        column.addWidget(self.bar)
        column.addLayout(figures)
        for widget in (self.result, self.trouble, self.notice):
            column.addWidget(widget)

    def show_state(self) -> None:
        training = self._training
        history, running = training.history, training.running
        view = state_view(training)
        self.title.setText(title_of(training.spec))
        self.machine.set_text(" · ".join(machine_facts(history.setup) if running else ()))
        self.stage.set_text(view.stage)
        self.left.setText(time_left(history.status, training.spec) if running and not training.pending else "")
        self.bar.setVisible(running)
        self.bar.set_fraction(history.status.fraction if history.status is not None else 0.0)
        self._show_result()
        self._show_notices(view.notice)
        self.setAccessibleName(f"{self.title.text()}: {view.stage}, {self.left.text()}")

    def _show_result(self) -> None:
        """Shows the figures of the written model, or of the training so far."""
        header = self._training.header
        facts = progress_facts(self._training.history) if header is None else result_facts(header)
        self.facts.set_facts([facts])
        skipped = skipped_text(self._training.history.skipped)
        self.skipped.setText(skipped)
        self.skipped.setVisible(bool(skipped))
        self.facts.setVisible(bool(facts or skipped))
        result = "" if header is None else _result(self._training, header)
        self.result.setText(result)
        self.result.setVisible(bool(result))

    def _show_notices(self, notice: tuple[NoticeKind, str] | None) -> None:
        """Shows the notice of the state, or a hint to finish while that is possible."""
        line, training = self._training.history.status, self._training
        if notice is not None:
            self.notice.show_message(*notice)
        elif line is not None and line.plateau and training.stoppable and not training.pending:
            self.notice.show_message("info", tr("The error hardly improves any more."), tr("Finish now"))
        else:
            self.notice.clear()
        if line is not None and line.trouble and training.running:
            self.trouble.show_message("caution", line.trouble)
        else:
            self.trouble.clear()


def _result(training: TrainingController, header: ModelHeader) -> str:
    """Sliders and novelty of a model, or the verdict on a vocoder."""
    report = {} if training.end is None else training.end.report
    if isinstance(training.spec, EmbeddedVocoderSpec):
        return verdict_text(report)
    names = [shown_name(axis) for axis in header.axes]
    return "\n".join(filter(None, (sliders_text(names), novelty_text(header), grain_text(header))))
