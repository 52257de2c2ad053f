"""Saves a project in a thread, so that a slow disk never blocks the window."""

from collections import deque

from PySide6.QtCore import QObject, Signal

from distill_app.common.errors import ProjectError
from distill_app.common.logging_setup import logger
from distill_app.project.project import Project
from distill_app.project.storage import ProjectChangedError, ProjectFile
from distill_app.workers.background_job import BackgroundJobs, single_step

_CLOSE_SECONDS = 5.0


class ProjectWriter(QObject):
    """Saves the newest state of a project; older ones that wait are skipped.

    Signals arrive in the thread of this object.
    """

    saved = Signal()
    """The newest state is on the disk."""
    changed_elsewhere = Signal(str)
    """Another program has changed the project, so nothing was saved; carries a sentence."""
    failed = Signal(str)
    """Nothing was saved; carries a sentence."""
    kept = Signal(str)
    """The state that could not be saved is kept in a copy; carries a sentence."""

    def __init__(self, opened: ProjectFile, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._opened = opened
        self._newest: deque[tuple[Project, bool]] = deque(maxlen=1)
        self._refused: Project | None = None
        self._closing = False
        self._jobs = BackgroundJobs("distill-project", self)

    def write(self, project: Project, anyway: bool = False) -> None:
        """Saves soon; returns at once.

        Args:
            anyway: whether to overwrite what another program has saved, as in `ProjectFile.save`.
        """
        self._newest.append((project, anyway))
        self._jobs.add(single_step(self._save_newest))

    def close(self, patience_seconds: float = _CLOSE_SECONDS) -> bool:
        """Saves the newest state, or a copy of one that was refused; returns whether that was done within the time."""
        self._closing = True
        self._jobs.add(single_step(self._save_refused))
        return self._jobs.wait(patience_seconds)

    def _save_newest(self) -> None:
        if self._newest:  # empty where the job before has saved this state already
            self._save(*self._newest.pop())

    def _save(self, project: Project, anyway: bool) -> None:
        try:
            self._opened.save(project, anyway)
        except ProjectChangedError as error:
            self._refused = project
            if not self._closing:
                self.changed_elsewhere.emit(str(error))
        except ProjectError as error:
            self.failed.emit(str(error))
        else:
            self._refused = None
            self.saved.emit()

    def _save_refused(self) -> None:
        if self._refused is not None:
            self._save_copy(self._refused)

    def _save_copy(self, project: Project) -> None:
        name = self._opened.folder.name
        try:
            kept = self._opened.save_copy(project).name
        except ProjectError as error:
            self.failed.emit(str(error))
            return
        sentence = f"“{name}” was changed by another program; what was changed here is kept beside it as “{kept}”."
        logger.warning(sentence)
        self.kept.emit(sentence)
