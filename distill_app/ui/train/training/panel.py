"""Training tab: set-up of the next training, or progress and result of the last one."""

from collections.abc import Iterable
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QApplication, QFrame, QScrollArea, QSizePolicy, QStackedWidget, QVBoxLayout, QWidget

from distill_app.training.run.spec import EmbeddedVocoderSpec, ModelSpec
from distill_app.ui.dialogs.prompts import DetailsDialog
from distill_app.ui.style.theme import GRID
from distill_app.ui.train.training.actions import ActionButtons, TrainingActions
from distill_app.ui.train.training.controller import TrainingController
from distill_app.ui.train.training.format import skipped_details, skipped_text, title_of
from distill_app.ui.train.training.progress_view import ProgressView
from distill_app.ui.train.training.setup_panel import SetupPanel, TrainingSummary
from distill_app.ui.train.training.state_presenter import state_view
from distill_app.ui.train.training.status_panel import TrainingStatusPanel
from distill_app.ui.widgets.controls import Card, tight


class TrainingPanel(Card):
    """Shows a `TrainingController` and passes the user's actions on to it."""

    begin_asked = Signal(object)
    """The user wants to start a training; carries TrainingOptions."""
    help_asked = Signal()
    """The user clicked the button of the set-up's placeholder."""
    open_asked = Signal(Path)
    """The user wants to play this model."""

    def __init__(self, training: TrainingController, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._training = training
        self._is_of_selection = True
        """Whether the training is of the recordings that are switched on."""
        self._wanted: ModelSpec | EmbeddedVocoderSpec | None = None
        """The training to show although it is of other recordings: the user asked for it, or it ran here."""
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
        """Puts the plots into a scroll area, so that the buttons stay visible in a low window."""
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

    def show_summary(self, summary: TrainingSummary, trained: bool = True) -> None:
        """Shows the set-up of the next training.

        Args:
            trained: whether the current training is of these recordings.
        """
        self._is_of_selection = trained
        self.setup.show_summary(summary)
        self.show_training()

    def show_next(self) -> None:
        """Hides a training of other recordings unless it runs."""
        self._wanted = None
        self.show_training()

    def _show_other(self) -> None:
        self._wanted = self._training.spec
        self.show_training()

    @property
    def _shows_setup(self) -> bool:
        training = self._training
        shows_training = training.running or self._is_of_selection or self._wanted is training.spec
        return training.state == "idle" or not shows_training

    def set_devices(self, devices: Iterable[str]) -> None:
        """Sets the devices that can train on this computer: "cpu", "cuda", "mps"."""
        self.training_actions.devices = tuple(devices)
        self.setup.set_devices(self.training_actions.devices)

    def show_training(self) -> None:
        training = self._training
        if training.running:
            self._wanted = training.spec
        if self._shows_setup:
            self._show_page(self.setup)
            self.setup.show_other(_other_sentence(training))
        else:
            self._take_focus_from_setup()
            self._show_page(self._run)
            self._show_run()

    def _show_run(self) -> None:
        training, history = self._training, self._training.history
        self.status.show_state()
        self.action_buttons.show_actions(state_view(training).actions)
        has_plots = training.running or bool(history.errors.points)
        self._pictures.setVisible(has_plots)
        self._below.setVisible(not has_plots)
        self.history.show_history(history)

    def _take_focus_from_setup(self) -> None:
        """Moves the focus to the window; else a second Enter would trigger the next button, such as Cancel."""
        focused = QApplication.focusWidget()
        if focused is not None and self.setup.isAncestorOf(focused):
            self.window().setFocus()

    def _show_page(self, shown: QWidget) -> None:
        """Shows a page; the hidden one does not affect the size."""
        for page in (self.setup, self._run):
            policy = QSizePolicy.Policy.Preferred if page is shown else QSizePolicy.Policy.Ignored
            page.setSizePolicy(policy, policy)
        self._pages.setCurrentWidget(shown)

    def _show_skipped(self) -> None:
        skipped = self._training.history.skipped
        dialog = DetailsDialog(f"{skipped_text(skipped)}.", skipped_details(skipped), self.window())
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def close_threads(self) -> None:
        """Waits for the threads that estimate the memory and read spectrograms, not for the import of the plot."""
        self.setup.close_estimate()
        self.history.pictures.close_reader()
        self.history.curve.close_import()


def _other_sentence(training: TrainingController) -> str:
    """`“Drums”: Finished.`, "" where there is no training."""
    return "" if training.state == "idle" else f"{title_of(training.spec)}: {state_view(training).stage}."
