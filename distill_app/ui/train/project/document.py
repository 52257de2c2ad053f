"""The project that is worked on: the one mutable state of the Learn page."""

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
from distill_app.ui.widgets.toast import Message
from distill_app.workers.project_writer import ProjectWriter

Change = Callable[[Project], Project]


@dataclass(frozen=True)
class ProjectUndoStep:
    """One undo step: the whole project before and after, and what is done on the disk on the way there and back."""

    before: Project
    after: Project
    act: Callable[[], None] | None = None
    revert: Callable[[], None] | None = None


class ProjectDocument(QObject):
    """Widgets show it and ask it for changes; every change is one step of its history, and saved at once.

    Args:
        home: where a project is made that nobody has given a place.
    """

    changed = Signal()
    """Another project, or something in it."""
    opened = Signal()
    """Another project."""
    notified = Signal(object)
    """A Message."""
    changed_elsewhere = Signal(str)
    """A sentence: another program has written the project, so that it is not saved until the person has chosen."""

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
        """Why nothing can be changed, in a sentence; "" where it can."""
        return "" if self._file is None else self._file.read_only

    @property
    def corpora(self) -> tuple[CorpusSpec, ...]:
        return () if self.project is None else self.project.corpora

    # Which project

    def open(self, path: Path) -> bool:
        """Opens another project, or says why not and leaves everything as it was."""
        if project_folder(path) == self.folder:
            self.close()  # it would be held by this window, and so read-only
        try:
            opened = ProjectFile(path)
        except ProjectError as error:
            self.notified.emit(Message("error", str(error)))
            return False
        self._take(opened)
        return True

    def create(self, path: Path) -> bool:
        """A new one in that place, or a word why not."""
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            return self.open(create_project(path))
        except (ProjectError, OSError) as error:
            sentence = str(error) if isinstance(error, ProjectError) else f"“{path.parent}” cannot be made ({error})."
            self.notified.emit(Message("error", sentence))
            return False

    def create_named(self, title: str) -> bool:
        """A new one in the person's documents, with a number where there is one of that title."""
        taken = {path.stem for path in self._home.glob(f"*{SUFFIX}")}
        return self.create(self._home / f"{unique_name(file_name(title, 'Untitled'), taken)}{SUFFIX}")

    def close(self) -> None:
        """What was asked for is saved, and another window may change the project."""
        if self._writer is not None:
            self._writer.close()
        if self._file is not None:
            self._file.close()
        self._file, self._writer, self.project = None, None, None

    def load_again(self) -> None:
        """As it is on the disk now; what could not be saved is kept beside it."""
        folder = self.folder
        if folder is not None:
            self.close()
            self.open(folder)

    def save_anyway(self) -> None:
        """Over what another program has written, which is kept beside it."""
        self._save(overwrite=True)

    def _take(self, opened: ProjectFile) -> None:
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
        """The choice is offered for the project that is open; of one that was closed meanwhile it is only notified."""
        if writer is self._writer:
            self.changed_elsewhere.emit(sentence)
        else:
            self.notified.emit(Message("error", sentence))

    # What the hand changes

    def apply(
        self,
        words: str,
        change: Change,
        act: Callable[[], None] | None = None,
        revert: Callable[[], None] | None = None,
    ) -> bool:
        """Changes the project; a change that cannot be is told, and one that is none leaves no step.

        Args:
            act, take_back: what is done on the disk besides, and undone; each may raise OSError, and then nothing is
                changed.
        """
        if self.project is None or self.read_only:
            return False
        try:
            after = change(self.project)
        except ProjectError as error:
            self.notified.emit(Message("error", str(error)))
            return False
        if after != self.project:
            self.history.push(_Command(self, words, ProjectUndoStep(self.project, after, act, revert)))
        return self.project == after

    def apply_without_undo(self, change: Change) -> None:
        """Changes the project without a step of the history: what came by itself, as a model that was learned."""
        if self.project is not None and not self.read_only:
            self._go(change(self.project), None)

    def _go(self, project: Project, act: Callable[[], None] | None) -> bool:
        """Whether it could be done on the disk."""
        try:
            if act is not None:
                act()
        except OSError as error:
            self.notified.emit(Message("error", f"That could not be done on the disk: {error.strerror or error}."))
            return False
        self.project = project
        self._save()
        self.changed.emit()
        return True

    def _save(self, overwrite: bool = False) -> None:
        if self._writer is not None and self.project is not None:
            self._writer.write(self.project, overwrite)


class _Command(QUndoCommand):
    """Takes what the step changed from the project after it, or back from the one before it."""

    def __init__(self, document: ProjectDocument, words: str, step: ProjectUndoStep) -> None:
        super().__init__(words)
        self._document, self._step = document, step

    def redo(self) -> None:
        self._go(self._step.after, self._step.act)

    def undo(self) -> None:
        self._go(self._step.before, self._step.revert)

    def _go(self, there: Project, act: Callable[[], None] | None) -> None:
        """What came by itself meanwhile stays; a step that cannot be done any more is forgotten."""
        before, after, now = self._step.before, self._step.after, self._document.project
        if now is None:
            return
        parts = [part.name for part in fields(Project) if getattr(before, part.name) != getattr(after, part.name)]
        project = replace(now, **{part: getattr(there, part) for part in parts})
        self.setObsolete(not self._document._go(project, act))
