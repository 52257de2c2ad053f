"""The Learn page: the project at the left, its recordings or their training at the right."""

from PySide6.QtCore import QObject
from PySide6.QtGui import QUndoStack
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from distill_app.ui.style.theme import GRID
from distill_app.ui.train.project.card import ProjectCard
from distill_app.ui.train.recordings.card import RecordingsCard
from distill_app.ui.train.training.controller import TrainingController
from distill_app.ui.train.training.panel import TrainingPanel
from distill_app.ui.widgets.controls import Button, ElidedLabel, tight
from distill_app.ui.widgets.message_area import MessageRow


class TrainPage(QObject):
    """Widgets alone; who binds them is in the modules beside it."""

    def __init__(self, history: QUndoStack, training: TrainingController, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.history = history
        self.project, self.recordings, self.training = ProjectCard(), RecordingsCard(), TrainingPanel(training)
        self.tabs = {
            "Recordings": Button("Recordings", "segment", "What is learned from (Ctrl+T)"),
            "Training": Button("Training", "segment", "How it is learned (Ctrl+T)"),
        }
        self.summary = ElidedLabel()
        self.left, self.right = self.project, QWidget()
        self.messages = MessageRow(self.right)
        self._stack = QStackedWidget()
        self._build()

    def _build(self) -> None:
        header, group = tight(QHBoxLayout(), 0), QButtonGroup(self)
        for (title, button), card in zip(self.tabs.items(), (self.recordings, self.training), strict=True):
            button.setCheckable(True)
            button.clicked.connect(lambda _=False, title=title: self.show_tab(title))
            group.addButton(button)
            header.addWidget(button)
            self._stack.addWidget(card)
        header.addSpacing(2 * GRID)
        header.addWidget(self.summary, 1)
        rows = tight(QVBoxLayout(self.right))
        rows.addLayout(header)
        rows.addWidget(self._stack, 1)
        rows.addWidget(self.messages)
        self.show_tab("Recordings")

    @property
    def tab(self) -> str:
        return next(title for title, button in self.tabs.items() if button.isChecked())

    def show_tab(self, title: str) -> None:
        self.tabs[title].setChecked(True)
        self._stack.setCurrentIndex(list(self.tabs).index(title))

    def toggle_tab(self) -> None:
        """The other one."""
        self.show_tab(next(title for title in self.tabs if title != self.tab))

    def finish_gestures(self) -> None:
        """Every gesture here ends at once."""
