"""Writes a project from a thread of its own, so that a slow disk never holds the window up."""

import threading

from PySide6.QtCore import QObject, Signal

from distill_app.common.errors import ProjectError
from distill_app.common.logging_setup import logger
from distill_app.project.project import Project
from distill_app.project.storage import ProjectChangedError, ProjectFile


class ProjectWriter(QObject):
    """The newest state wins: what was asked for before and not begun is left out, for it holds less.

    Its signals arrive in the thread that it was made in.
    """

    saved = Signal()
    """What was asked for last is on the disk."""
    changed_elsewhere = Signal(str)
    """A sentence: another program has written the project, and nothing was saved."""
    failed = Signal(str)
    """A sentence why nothing was saved."""
    kept = Signal(str)
    """A sentence: where that is kept which could not be saved until the end."""

    def __init__(self, opened: ProjectFile, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._opened = opened
        self._wanted: tuple[Project, bool] | None = None
        self._refused: Project | None = None
        self._closing = False
        self._changed = threading.Condition()
        self._thread = threading.Thread(target=self._run, name="distill-project", daemon=True)
        self._thread.start()

    def write(self, project: Project, anyway: bool = False) -> None:
        """Returns at once; `anyway` as in OpenProject.save."""
        with self._changed:
            self._wanted = project, anyway
            self._changed.notify()

    def close(self, patience_seconds: float = 5.0) -> bool:
        """Writes what was asked for; whether that was done within the time.

        What another program stands in the way of is kept beside the project.
        """
        with self._changed:
            self._closing = True
            self._changed.notify()
        self._thread.join(patience_seconds)
        return not self._thread.is_alive()

    def _run(self) -> None:
        while (wanted := self._next()) is not None:
            self._save(*wanted)
        if self._refused is not None:
            self._set_aside(self._refused)

    def _next(self) -> tuple[Project, bool] | None:
        with self._changed:
            self._changed.wait_for(lambda: self._closing or self._wanted is not None)
            wanted, self._wanted = self._wanted, None
            return wanted

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

    def _set_aside(self, project: Project) -> None:
        name = self._opened.folder.name
        try:
            kept = self._opened.save_copy(project).name
        except ProjectError as error:
            self.failed.emit(str(error))
            return
        words = f"“{name}” was changed by another program; what was changed here is kept beside it as “{kept}”."
        logger.warning(words)
        self.kept.emit(words)
