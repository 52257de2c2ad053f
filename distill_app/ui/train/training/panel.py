"""The panel of a training: before it, while it runs, and what came of it."""

from collections.abc import Iterable
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QApplication, QFrame, QScrollArea, QSizePolicy, QStackedWidget, QVBoxLayout, QWidget

from distill_app.training.run.spec import EmbeddedVocoderSpec, ModelSpec
from distill_app.ui.dialogs.prompts import DetailsDialog
from distill_app.ui.style.theme import GRID
from distill_app.ui.train.training.actions import ActionButtons, TrainingActions
from distill_app.ui.train.training.controller import TrainingController
from distill_app.ui.train.training.format import skipped_in_full, skipped_in_words, subject_of
from distill_app.ui.train.training.progress_view import ProgressView
from distill_app.ui.train.training.setup_panel import SetupPanel, TrainingSummary
from distill_app.ui.train.training.state_presenter import state_view
from distill_app.ui.train.training.status_panel import TrainingStatusPanel
from distill_app.ui.widgets.controls import Card, tight


class TrainingPanel(Card):
    """Shows a `TrainingController` and asks it for what the hand wants."""

    begin_asked = Signal(object)
    """A Wish: whoever knows the recordings makes a spec of it, and starts it."""
    help_asked = Signal()
    """The button of a `TrainingSummary` that cannot be learned yet."""
    open_asked = Signal(Path)
    """A model to play."""

    def __init__(self, training: TrainingController, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._training = training
        self._of_subject = True
        self._wanted: ModelSpec | EmbeddedVocoderSpec | None = None
        """The training that shows although it is of another subject: it was asked for, or ran here."""
        self.setup, self.status, self.history = SetupPanel(), TrainingStatusPanel(training), ProgressView(training)
        self.action_buttons, self.training_actions = ActionButtons(), TrainingActions(training, self)
        self._pages, self._run, self._below = QStackedWidget(), QWidget(), QWidget()
        self._pictures = QScrollArea()
        self._build()
        self._connect()
        self.show_training()

    def _build(self) -> None:
        column = tight(QVBoxLayout(self._run), 2 * GRID)
        column.addWidget(self.status)
        column.addWidget(self._pictures, 1)
        column.addWidget(self.action_buttons)
        column.addWidget(self._below, 1)
        self._set_up_pictures()
        self._pages.addWidget(self.setup)
        self._pages.addWidget(self._run)
        self.rows.addWidget(self._pages)

    def _set_up_pictures(self) -> None:
        """Put the pictures into a scroll area, so that the controls stay visible at small heights."""
        area = self._pictures
        area.setWidget(self.history)
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setMinimumHeight(12 * GRID)
        area.verticalScrollBar().rangeChanged.connect(
            lambda low, high: self.history.setContentsMargins(0, 0, GRID if high > low else 0, 0)
        )

    def _connect(self) -> None:
        self._training.changed.connect(self.show_training)
        self.setup.begin_asked.connect(self.begin_asked)
        self.setup.help_asked.connect(self.help_asked)
        self.setup.other_asked.connect(self._show_other)
        self.action_buttons.chosen.connect(self.training_actions.do)
        self.status.stop_asked.connect(self._training.finish_now)
        self.training_actions.open_asked.connect(self.open_asked)
        self.status.skipped.clicked.connect(self._show_skipped)

    def show_summary(self, subject: TrainingSummary, trained: bool = True) -> None:
        """Show the plan of the next training.

        Args:
            trained: the training that is there is of this subject.
        """
        self._of_subject = trained
        self.setup.show_summary(subject)
        self.show_training()

    def show_next(self) -> None:
        """From now on a training of another subject shows only while it runs."""
        self._wanted = None
        self.show_training()

    def _show_other(self) -> None:
        self._wanted = self._training.spec
        self.show_training()

    @property
    def _plans(self) -> bool:
        """Whether the plan shows, and no training."""
        training = self._training
        return training.state == "idle" or not (training.running or self._of_subject or self._wanted is training.spec)

    def set_devices(self, devices: Iterable[str]) -> None:
        """Those that networks can be trained on here, by their names: "cpu", "cuda", "mps"."""
        self.training_actions.devices = tuple(devices)
        self.setup.set_devices(self.training_actions.devices)

    def show_training(self) -> None:
        """Silently."""
        training, history = self._training, self._training.history
        if training.running:
            self._wanted = training.spec
        plans = self._plans
        if not plans:
            self._take_focus_from_plan()
        self._show_page(self.setup if plans else self._run)
        if plans:
            self.setup.show_other(_other_words(training))
            return
        self.status.show_state()
        self.action_buttons.show_actions(state_view(training).actions)
        pictured = training.running or bool(history.errors.points)
        self._pictures.setVisible(pictured)
        self._below.setVisible(not pictured)
        self.history.show_history(history)

    def _take_focus_from_plan(self) -> None:
        """No button gets it by chance: Enter, pressed twice, would cancel what it began, or leave the page."""
        focused = QApplication.focusWidget()
        if focused is not None and self.setup.isAncestorOf(focused):
            self.window().setFocus()

    def _show_page(self, shown: QWidget) -> None:
        """The page that is not seen takes no room."""
        for page in (self.setup, self._run):
            policy = QSizePolicy.Policy.Preferred if page is shown else QSizePolicy.Policy.Ignored
            page.setSizePolicy(policy, policy)
        self._pages.setCurrentWidget(shown)

    def _show_skipped(self) -> None:
        skipped = self._training.history.skipped
        dialog = DetailsDialog(
            f"{skipped_in_words(skipped)}: not learned from.", skipped_in_full(skipped), self.window()
        )
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def close_threads(self) -> None:
        """Waits for what is read and reckoned beside the window."""
        self.setup.close_estimate()
        self.history.pictures.close_reader()


def _other_words(training: TrainingController) -> str:
    """`“Drums”: Finished.`, "" where there is no training."""
    return "" if training.state == "idle" else f"{subject_of(training.spec)}: {state_view(training).stage}."
