"""Validation of the paths that a project lists: their file type, and that takes and models lie in its folder."""

import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

from distill_app.common.owned_files import is_inside
from distill_app.common.typed_values import excerpt
from distill_app.project.json_values import absolute, path_from_json


def parse_take_path(text: Any, folder: Path) -> Path:
    """Path of a take in the project's folder. Raises ValueError if it lies outside or is no regular file."""
    path = path_from_json(text, folder)
    if not is_inside(path, folder):
        raise ValueError(f"{excerpt(text)} lies outside the project, and so is no take of it")
    _check_file_type(path, text, stat.S_ISREG)
    return path


def parse_model_path(text: Any, folder: Path) -> Path:
    """Path of a model in the project's folder or at an absolute path. Raises ValueError if it can be none."""
    path = path_from_json(text, folder)
    is_own = not Path(text).is_absolute() or path.is_relative_to(absolute(folder))
    if is_own and not is_inside(path, folder):
        raise ValueError(f"{excerpt(text)} leads out of the project")
    _check_file_type(path, text, stat.S_ISREG)
    return path


def parse_source_path(text: Any, folder: Path) -> Path:
    """Path of a recording or folder of recordings, anywhere. Raises ValueError if it is neither."""
    path = path_from_json(text, folder)
    _check_file_type(path, text, lambda mode: stat.S_ISREG(mode) or stat.S_ISDIR(mode))
    return path


def _check_file_type(path: Path, text: Any, is_wanted: Callable[[int], bool]) -> None:
    """Raises ValueError if a listed path is of the wrong file type. A missing one passes: its disk may come back."""
    try:
        mode = path.stat().st_mode
    except (OSError, ValueError):
        return
    if not is_wanted(mode):
        raise ValueError(f"{excerpt(text)} is a folder or a device and not a file")
