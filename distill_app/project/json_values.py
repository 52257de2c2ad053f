"""Reading and writing of the project's JSON files, and the paths in them."""

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from distill_app.common.atomic_io import atomic_path, write_error_message
from distill_app.common.errors import ProjectError
from distill_app.common.parsing import ParseError, error_reason, parse_json, read_limited
from distill_app.common.typed_values import excerpt

NAME_LENGTH_MAX = 200


def absolute(path: Path) -> Path:
    """Absolute path without “..”; links are not followed, so that a file keeps the location the user knows."""
    return Path(os.path.normpath(path.absolute()))


def path_to_json(path: Path, folder: Path) -> str:
    """Path for JSON: relative if it lies within `folder`, else absolute."""
    whole, base = absolute(path), absolute(folder)
    return whole.relative_to(base).as_posix() if whole.is_relative_to(base) else str(whole)


def path_from_json(text: Any, folder: Path) -> Path:
    """Absolute path from JSON. Raises ValueError if it is no path."""
    if not isinstance(text, str) or not text or "\0" in text or not _is_encodable(text):
        raise ValueError(f"{excerpt(text)} is not the path of a file or folder")
    return absolute(folder / text)


def _is_encodable(text: str) -> bool:
    try:
        return bool(os.fsencode(text))
    except UnicodeEncodeError:
        return False


def parse_project_json(content: bytes, name: str) -> dict[str, Any]:
    """Object in a JSON file called `name`, with null for numbers out of range. Raises ProjectError."""
    try:
        return parse_json(content, paths=True, nulls=True)
    except ParseError as error:
        raise ProjectError(f"“{name}” cannot be read: {error_reason(error)}.") from error


def read_content(path: Path) -> bytes:
    """Content of a file. Raises ProjectError if it cannot be opened or is too large."""
    try:
        if path.exists() and not path.is_file():
            raise ProjectError(f"“{path.name}” is a folder or a device; give the file.")
        return read_limited(path)
    except OSError as error:
        raise ProjectError(f"“{path.name}” cannot be opened: {error.strerror}.") from error
    except ParseError as error:
        raise ProjectError(f"“{path.name}” cannot be read: {error_reason(error)}.") from error


def to_json(values: Mapping[str, Any]) -> bytes:
    return (json.dumps(values, indent=2, allow_nan=False) + "\n").encode()


def write_content(content: bytes, path: Path, owner: Path | None = None) -> None:
    """Write a file atomically, and not through a link that leaves `owner`. Raises ProjectError."""
    try:
        with atomic_path(path, owner) as temporary:
            temporary.write_bytes(content)
    except OSError as error:
        raise ProjectError(write_error_message(path, error)) from error
