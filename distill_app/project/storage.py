"""Project on the disk: the folder NAME.distillproject with project.json, its models and its takes."""

import logging
import os
from dataclasses import replace
from pathlib import Path

from distill_app.common.atomic_io import shorten, write_error_message
from distill_app.common.errors import ProjectError
from distill_app.common.file_lock import HeldElsewhereError, Lock
from distill_app.common.owned_files import is_inside, remove_folder_if_unused
from distill_app.project.json_values import (
    NAME_LENGTH_MAX,
    parse_project_json,
    read_content,
    to_json,
    write_content,
)
from distill_app.project.paths import FILE, SUFFIX, is_project, project_folder
from distill_app.project.project import ModelEntry, Project, Take, unique_name
from distill_app.project.serialization import (
    MODELS,
    TAKES,
    ParseResult,
    check_version,
    project_from_dict,
    project_to_dict,
)

_LOCK = ".lock"
_BAD, _OTHER, _MINE = ".bad", ".other", ".mine"

_log = logging.getLogger(__name__)


class ProjectChangedError(ProjectError):
    """Another program has changed the project's file since it was read."""


def create_project(path: Path, name: str = "") -> Path:
    """Create an empty project; returns its folder.

    A folder without project.json, as an interrupted creation leaves it, is completed.

    Args:
        path: folder, with or without its suffix.
        name: name of the project; the folder's name by default.

    Raises ProjectError, and leaves nothing behind, if the project exists or cannot be written.
    """
    folder = project_folder(path)
    if not folder.name:
        raise ProjectError(f"“{folder}” cannot be a project; give the name of a new folder.")
    content = to_json(project_to_dict(Project(name or _default_name(folder)), folder))
    made: list[Path] = []
    try:
        if os.path.lexists(folder / FILE):
            raise FileExistsError
        for part in (folder, folder / MODELS, folder / TAKES):
            if not part.is_dir():
                part.mkdir()
                made.append(part)
        write_content(content, folder / FILE, folder)
    except FileExistsError as error:
        raise ProjectError(f"“{folder.name}” is there already; open it, or choose another name.") from error
    except (OSError, ProjectError) as error:
        _remove_empty(made)
        raise ProjectError(write_error_message(folder, error) if isinstance(error, OSError) else str(error)) from error
    return folder


def _remove_empty(folders: list[Path]) -> None:
    """Remove the empty folders created for a project whose creation failed."""
    for folder in reversed(folders):
        try:
            remove_folder_if_unused(folder, folder.parent)
        except OSError as error:
            _log.info("“%s” stays: %s", folder, error)


def read_project(path: Path) -> ParseResult:
    """Project as far as it can be read, without locking it. Raises ProjectError if there is none."""
    folder = project_folder(path)
    return _parse_project(read_content(_file_of(folder)), folder)


def _file_of(folder: Path) -> Path:
    if not is_project(folder):
        raise ProjectError(f"“{shorten(folder.name or str(folder))}” is not a project: there is no {FILE} in it.")
    return folder / FILE


def _parse_project(content: bytes, folder: Path) -> ParseResult:
    title = _default_name(folder)
    try:
        values = parse_project_json(content, FILE)
    except ProjectError as error:
        return _add_unlisted_files(ParseResult(Project(title), (str(error).rstrip("."),)), folder)
    check_version(values, folder.name)
    reading = project_from_dict(values, folder, title)
    return _add_unlisted_files(reading, folder) if reading.reasons else reading


def _default_name(folder: Path) -> str:
    return folder.name.removesuffix(SUFFIX)[:NAME_LENGTH_MAX] or "Project"


def _add_unlisted_files(reading: ParseResult, folder: Path) -> ParseResult:
    """Parse result with the models and takes found in the project's folder, for a damaged project.json."""
    project = reading.project
    models = {model.file: model for model in project.models}
    takes = {take.file: take for take in project.takes}
    for path in _own_files(folder, MODELS, ".distillgan"):
        models.setdefault(path, ModelEntry(path))
    for path in _own_files(folder, TAKES, ".wav"):
        takes.setdefault(path, Take(path))
    return replace(reading, project=replace(project, models=tuple(models.values()), takes=tuple(takes.values())))


def _own_files(folder: Path, part: str, suffix: str) -> list[Path]:
    """Files in a folder of the project, without temporary files and without links that leave the project."""
    found = (folder / part).glob(f"[!.]*{suffix}")
    return sorted(path for path in found if path.is_file() and is_inside(path, folder))


class ProjectFile:
    """Project that one program holds open: no other can change it until it is closed or its process ends.

    Attributes:
        folder: absolute path of the project's folder.
        project: project as last read or saved.
        read_only: sentence that says why it cannot be changed here; else "".
        trouble: sentence about a part that could not be read or a missing lock; else "".

    Raises ProjectError if there is no project or one of a newer version.
    """

    def __init__(self, path: Path) -> None:
        self.folder = project_folder(path)
        self._file = _file_of(self.folder)
        self._lock = Lock(self.folder / _LOCK, f"“{self.folder.name}”")
        self.read_only = self._acquire()
        try:
            self.project, self.trouble = self._read()
        except ProjectError:
            self.close()
            raise

    def _acquire(self) -> str:
        """Acquire the lock; returns a sentence if that fails, else ""."""
        try:
            self._lock.acquire()
        except HeldElsewhereError:
            return f"“{self.folder.name}” is open in another window or program; close it there to change it here."
        except OSError as error:
            return f"“{self.folder.name}” can be looked at, but nothing can be written there ({error.strerror})."
        return ""

    def _read(self) -> tuple[Project, str]:
        self._content = read_content(self._file)
        reading = _parse_project(self._content, self.folder)
        return reading.project, self._read_warning(reading.reasons) if reading.reasons else self._lock.trouble

    def _read_warning(self, reasons: tuple[str, ...]) -> str:
        more = f", and {len(reasons) - 1} more" if len(reasons) > 1 else ""
        kept = "" if self.read_only else self._keep_bad_file()
        return f"Not all of “{self.folder.name}” could be read ({reasons[0]}{more}); the rest is here{kept}."

    def _keep_bad_file(self) -> str:
        """Keep a copy of the damaged file before anything is saved over it; returns a clause that says so."""
        if not is_inside(self._file, self.folder):
            self.read_only = f"“{FILE}” only leads to another file, which is none of a project; nothing is saved there."
            return ""
        try:
            return f", and the file as it was is kept as “{self._keep_copy(self._content, _BAD).name}”"
        except ProjectError as error:
            self.read_only = str(error)
            return ""

    @property
    def changed(self) -> bool:
        """Whether another program has changed the file since it was read here. Raises ProjectError if unknown."""
        return self._file.exists() and read_content(self._file) != self._content

    def save(self, project: Project, overwrite: bool = False) -> None:
        """Save the project atomically; values of a later version of Distill in the file are kept.

        Args:
            overwrite: also if another program has changed the file, which is then kept as project.json.other.

        Raises ProjectError; ProjectChangedError if another program has changed the file.
        """
        if self.read_only:
            raise ProjectError(self.read_only)
        if self.changed:
            self._resolve_conflict(overwrite)
        content = to_json(project_to_dict(project, self.folder, self._values()))
        write_content(content, self._file)
        self._content, self.project = content, project

    def save_copy(self, project: Project) -> Path:
        """Save the project beside its unchanged file, as project.json.mine. Raises ProjectError."""
        return self._keep_copy(to_json(project_to_dict(project, self.folder, self._values())), _MINE)

    def _resolve_conflict(self, overwrite: bool) -> None:
        if not overwrite:
            raise ProjectChangedError(
                f"“{self.folder.name}” has been changed by another program since it was opened, so nothing was "
                f"saved; load it again, or save it anyway: then the other {FILE} is kept as {FILE}{_OTHER}."
            )
        self._keep_copy(read_content(self._file), _OTHER)

    def _values(self) -> dict[str, object]:
        try:
            return parse_project_json(self._content, FILE)
        except ProjectError:  # reported and kept when it was read
            return {}

    def _keep_copy(self, content: bytes, suffix: str) -> Path:
        """Save content beside the file under a new name, unless a copy of it exists; returns its path."""
        kept = {path: read_content(path) for path in self.folder.glob(f"{FILE}{suffix}*") if path.is_file()}
        for path, known in kept.items():
            if known == content:
                return path
        path = self.folder / unique_name(f"{FILE}{suffix}", {path.name for path in self.folder.iterdir()})
        write_content(content, path, self.folder)
        return path

    def close(self) -> None:
        self._lock.release()

    def __enter__(self) -> "ProjectFile":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
