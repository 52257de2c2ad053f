"""The Learn page: the project at the left, its recordings at the right."""

from PySide6.QtCore import QObject
from PySide6.QtGui import QUndoStack
from PySide6.QtWidgets import QVBoxLayout, QWidget

from distill_app.ui.learn.project_card import ProjectCard
from distill_app.ui.learn.recordings_card import RecordingsCard
from distill_app.ui.theme import GRID
from distill_app.ui.widgets.basics import tight


class LearnPage(QObject):
    """Widgets alone; who binds them is in the modules beside it."""

    toast_bottom = 3 * GRID + 4 * GRID

    def __init__(self, history: QUndoStack, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.history = history
        self.project, self.recordings = ProjectCard(), RecordingsCard()
        self.left = self.project
        self.right = QWidget()
        rows = tight(QVBoxLayout(self.right), 2 * GRID)
        rows.addWidget(self.recordings, 1)

    def finish_gestures(self) -> None:
        """Every gesture here ends at once."""
