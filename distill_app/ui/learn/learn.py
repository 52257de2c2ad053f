"""The Learn page and what stands behind it: built when it is first needed."""

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from distill_app.ui.folders import projects_folder
from distill_app.ui.learn.desk import ProjectDesk
from distill_app.ui.learn.page import LearnPage
from distill_app.ui.learn.project_hand import ProjectHand
from distill_app.ui.learn.recordings_hand import RecordingsHand
from distill_app.ui.memory import WindowMemory


class Learn(QObject):
    """Ties the page's parts to the project; opens the project of last time.

    Args:
        home: where projects are made that nobody has given a place.
    """

    told = Signal(object)
    """A Message."""
    play_asked = Signal(Path)
    """A model."""

    def __init__(self, memory: WindowMemory, parent: QObject | None = None, home: Path | None = None) -> None:
        super().__init__(parent)
        home = home or projects_folder()
        self.desk = ProjectDesk(home, self)
        self.page = LearnPage(self.desk.history, self)
        self.recordings = RecordingsHand(self.desk, self.page.recordings)
        self.project = ProjectHand(self.desk, self.page.project, memory, home)
        self._bind()
        self._open_last(memory.recent_projects())

    def _bind(self) -> None:
        self.desk.told.connect(self.told)
        self.project.corpus_chosen.connect(self.recordings.choose)
        self.project.add_asked.connect(lambda: self.recordings.ask_for_folder(new_corpus=True))
        self.project.play_asked.connect(self.play_asked)

    def _open_last(self, recent: Sequence[Path]) -> None:
        if not recent or not self.desk.open(recent[0]):
            self.project.show()

    def add(self, paths: Sequence[Path]) -> None:
        """What was dropped."""
        self.recordings.add(paths)

    def close(self) -> None:
        self.desk.close()
