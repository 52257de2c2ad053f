"""Widgets of the Train page: the project at the left, its recordings or a training at the right."""

from PySide6.QtCore import QObject
from PySide6.QtGui import QUndoStack
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from distill_app.ui.style.theme import GRID
from distill_app.ui.train.project.card import ProjectCard
from distill_app.ui.train.recordings.card import RecordingsCard
from distill_app.ui.train.training.controller import TrainingController
from distill_app.ui.train.training.panel import TrainingPanel
from distill_app.ui.translation import tr
from distill_app.ui.widgets.controls import Button, ElidedLabel, tight
from distill_app.ui.widgets.message_area import MessageRow

RECORDINGS, TRAINING = "recordings", "training"
"""The tabs at the right."""


class TrainPage(QObject):
    """Creates the widgets and lays them out; `TrainPageController` connects them."""

    def __init__(self, history: QUndoStack, training: TrainingController, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.history = history
        self.project, self.recordings, self.training = ProjectCard(), RecordingsCard(), TrainingPanel(training)
        self.tabs = {
            RECORDINGS: Button(tr("Recordings"), "segment", tr("Files of the sound set (Ctrl+T)")),
            TRAINING: Button(tr("Training"), "segment", tr("Set-up and progress of the training (Ctrl+T)")),
        }
        self.summary = ElidedLabel()
        self.left, self.right = self.project, QWidget()
        self.messages = MessageRow(self.right)
        self._stack = QStackedWidget()
        self._build()

    def _build(self) -> None:
        header, group = tight(QHBoxLayout(), 0), QButtonGroup(self)
        for (name, button), card in zip(self.tabs.items(), (self.recordings, self.training), strict=True):
            button.setCheckable(True)
            button.clicked.connect(lambda _=False, name=name: self.show_tab(name))
            group.addButton(button)
            header.addWidget(button)
            self._stack.addWidget(card)
        header.addSpacing(2 * GRID)
        header.addWidget(self.summary, 1)
        rows = tight(QVBoxLayout(self.right))
        rows.addLayout(header)
        rows.addWidget(self._stack, 1)
        rows.addWidget(self.messages)
        self.show_tab(RECORDINGS)

    @property
    def tab(self) -> str:
        return next(name for name, button in self.tabs.items() if button.isChecked())

    def show_tab(self, name: str) -> None:
        self.tabs[name].setChecked(True)
        self._stack.setCurrentIndex(list(self.tabs).index(name))

    def toggle_tab(self) -> None:
        self.show_tab(TRAINING if self.tab == RECORDINGS else RECORDINGS)

    def finish_gestures(self) -> None:
        """Does nothing: no gesture on this page outlasts its event."""
