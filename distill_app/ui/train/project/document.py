"""Document of the Train page: the open project with undo, saved after every change."""

from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QUndoCommand, QUndoStack

from distill_app.common.errors import ProjectError
from distill_app.project.corpora import CorpusSpec
from distill_app.project.paths import SUFFIX, file_name, project_folder
from distill_app.project.project import Project, unique_name
from distill_app.project.storage import ProjectFile, create_project
from distill_app.ui.translation import tr
from distill_app.ui.widgets.toast import Message
from distill_app.workers.project_writer import ProjectWriter

Change = Callable[[Project], Project]


@dataclass(frozen=True)
class ProjectUndoStep:
    """One undo step.

    Args:
        before, after: the whole project.
        act, revert: changes on the disk that belong to the step and to its undo; may raise OSError.
    """

    before: Project
    after: Project
    act: Callable[[], None] | None = None
    revert: Callable[[], None] | None = None


class ProjectDocument(QObject):
    """The open project; every change is one step of `history` and is saved at once.

    Args:
        home: folder of new projects that were given no other.
    """

    changed = Signal()
    """Another project is open, or the open one has changed."""
    opened = Signal()
    """Another project is open."""
    notified = Signal(object)
    """Carries a Message."""
    changed_elsewhere = Signal(str)
    """Another program has changed the project; nothing is saved before the user has decided. Carries a sentence."""

    def __init__(self, home: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.history = QUndoStack(self)
        self.project: Project | None = None
        self._home = home
        self._file: ProjectFile | None = None
        self._writer: ProjectWriter | None = None

    @property
    def folder(self) -> Path | None:
        return None if self._file is None else self._file.folder

    @property
    def read_only(self) -> str:
        """Why the project cannot be changed, in a sentence; "" where it can."""
        return "" if self._file is None else self._file.read_only

    @property
    def corpora(self) -> tuple[CorpusSpec, ...]:
        return () if self.project is None else self.project.corpora

    # Opening and closing

    def open(self, path: Path) -> bool:
        """Opens another project; where that fails, emits a message and keeps the open one."""
        if project_folder(path) == self.folder:
            self.close()  # this window holds its lock, so it would open read-only
        try:
            opened = ProjectFile(path)
        except ProjectError as error:
            self.notified.emit(Message("error", str(error)))
            return False
        self._adopt(opened)
        return True

    def create(self, path: Path) -> bool:
        """Creates a project in this folder; emits a message where that fails."""
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            return self.open(create_project(path))
        except (ProjectError, OSError) as error:
            cannot = tr("“{folder}” cannot be created ({error}).").format(folder=path.parent, error=error)
            self.notified.emit(Message("error", str(error) if isinstance(error, ProjectError) else cannot))
            return False

    def create_named(self, title: str) -> bool:
        """Creates a project in `home`, with a number after the title where that is taken."""
        taken = {path.stem for path in self._home.glob(f"*{SUFFIX}")}
        return self.create(self._home / f"{unique_name(file_name(title, tr('Untitled')), taken)}{SUFFIX}")

    def close(self) -> None:
        """Waits until the last change is saved and releases the project's lock."""
        if self._writer is not None:
            self._writer.close()
        if self._file is not None:
            self._file.close()
        self._file, self._writer, self.project = None, None, None

    def load_again(self) -> None:
        """Opens the project again from the disk; changes that were not saved are kept in a file beside it."""
        folder = self.folder
        if folder is not None:
            self.close()
            self.open(folder)

    def save_anyway(self) -> None:
        """Overwrites what another program has saved, which is kept in a file beside the project."""
        self._save(overwrite=True)

    def _adopt(self, opened: ProjectFile) -> None:
        self.close()
        self._file, self.project = opened, opened.project
        writer = self._writer = ProjectWriter(opened, self)
        writer.failed.connect(lambda sentence: self.notified.emit(Message("error", sentence)))
        writer.kept.connect(lambda sentence: self.notified.emit(Message("info", sentence)))
        writer.changed_elsewhere.connect(lambda sentence: self._on_changed_elsewhere(writer, sentence))
        self.history.clear()
        self.opened.emit()
        self.changed.emit()
        if opened.trouble:
            self.notified.emit(Message("error", opened.trouble))

    def _on_changed_elsewhere(self, writer: ProjectWriter, sentence: str) -> None:
        """Lets the user decide for the open project; reports an error for one that was closed meanwhile."""
        if writer is self._writer:
            self.changed_elsewhere.emit(sentence)
        else:
            self.notified.emit(Message("error", sentence))

    # Changes

    def apply(
        self,
        title: str,
        change: Change,
        act: Callable[[], None] | None = None,
        revert: Callable[[], None] | None = None,
    ) -> bool:
        """Changes the project as one undo step; returns whether it is as wanted now.

        A change that is not possible emits a message. One that changes nothing adds no step.

        Args:
            title: text of the step in the Edit menu.
            act, revert: changes on the disk that belong to the step and to its undo; where one raises OSError, the
                project stays unchanged.
        """
        if self.project is None or self.read_only:
            return False
        try:
            after = change(self.project)
        except ProjectError as error:
            self.notified.emit(Message("error", str(error)))
            return False
        if after != self.project:
            self.history.push(_Command(self, title, ProjectUndoStep(self.project, after, act, revert)))
        return self.project == after

    def apply_without_undo(self, change: Change) -> None:
        """Changes the project without an undo step, for changes that the user did not make."""
        if self.project is not None and not self.read_only:
            self._set(change(self.project), None)

    def _set(self, project: Project, act: Callable[[], None] | None) -> bool:
        """Runs `act` and sets the project; returns False where `act` failed and nothing was changed."""
        try:
            if act is not None:
                act()
        except OSError as error:
            sentence = tr("The files could not be changed on the disk: {error}.")
            self.notified.emit(Message("error", sentence.format(error=error.strerror or error)))
            return False
        self.project = project
        self._save()
        self.changed.emit()
        return True

    def _save(self, overwrite: bool = False) -> None:
        if self._writer is not None and self.project is not None:
            self._writer.write(self.project, overwrite)


class _Command(QUndoCommand):
    """Sets the fields that a step changes, and keeps what has changed in other fields since."""

    def __init__(self, document: ProjectDocument, title: str, step: ProjectUndoStep) -> None:
        super().__init__(title)
        self._document, self._step = document, step

    def redo(self) -> None:
        self._set_fields(self._step.after, self._step.act)

    def undo(self) -> None:
        self._set_fields(self._step.before, self._step.revert)

    def _set_fields(self, target: Project, act: Callable[[], None] | None) -> None:
        """Sets the changed fields to those of `target`; a step that fails is removed from the history."""
        before, after, current = self._step.before, self._step.after, self._document.project
        if current is None:
            return
        changed = [each.name for each in fields(Project) if getattr(before, each.name) != getattr(after, each.name)]
        project = replace(current, **{name: getattr(target, name) for name in changed})
        self.setObsolete(not self._document._set(project, act))
