"""Values of JSON files that a hand may have edited: checked one by one, with a reason where one cannot be."""

import json
import math
import os
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from distill_app.atomic import atomic_path, not_written
from distill_app.errors import ProjectError

NAME_LENGTH_MAX = 200
_SHOWN = 40
_DEPTH_MAX = 50


def absolute(path: Path) -> Path:
    """Without “..”, and without following links: a file is known by the place where the person sees it."""
    return Path(os.path.normpath(path.absolute()))


def text_from(values: Mapping[str, Any], name: str, default: str | None = None) -> str:
    """Raises KeyError where it is missing and there is no default, ValueError where it is no text."""
    text = values[name] if default is None else values.get(name, default)
    if not isinstance(text, str) or not _is_readable(text):
        raise ValueError(f"“{name}” is {shown(text)} and not a text")
    return text


def _is_readable(text: str) -> bool:
    return text == readable(text)


def readable(text: str) -> str:
    """With a mark for what is no letter of any script, as in some names of files."""
    return text.encode(errors="replace").decode()


def number_from(values: Mapping[str, Any], name: str, low: float, high: float) -> float | None:
    """None where there is none. Raises ValueError where it is no number from `low` to `high`."""
    number = values.get(name)
    if number is None:
        return None
    if isinstance(number, bool) or not isinstance(number, int | float) or not low <= number <= high:
        raise ValueError(f"“{name}” is {shown(number)} and not a number from {low:g} to {high:g}")
    return float(number)


def whole_from(values: Mapping[str, Any], name: str, low: int, high: int) -> int | None:
    """None where there is none. Raises ValueError where it is no whole number from `low` to `high`."""
    number = values.get(name)
    if number is None:
        return None
    if isinstance(number, bool) or not isinstance(number, int) or not low <= number <= high:
        raise ValueError(f"“{name}” is {shown(number)} and not a whole number from {low} to {high}")
    return number


def when_from(values: Mapping[str, Any], name: str) -> datetime | None:
    """A time with its zone, UTC where none is said. Raises ValueError where it is no date of ISO 8601."""
    if values.get(name) is None:
        return None
    text = text_from(values, name)
    try:
        when = datetime.fromisoformat(text)
    except ValueError as error:
        raise ValueError(f"“{name}” is {shown(text)} and not a date") from error
    return when if when.tzinfo else when.replace(tzinfo=UTC)


def list_from(values: Mapping[str, Any], name: str) -> list[Any]:
    """Empty where there is none. Raises ValueError where it is no list."""
    found = values.get(name, [])
    if not isinstance(found, list):
        raise ValueError(f"“{name}” is {shown(found)} and not a list")
    return found


def object_from(value: Any) -> Mapping[str, Any]:
    """Raises ValueError where it is none."""
    if not isinstance(value, dict):
        raise ValueError(f"{shown(value)} is not an object with names and values")
    return value


def path_value(path: Path, folder: Path) -> str:
    """Within `folder` as it is seen from there, else absolute."""
    whole, base = absolute(path), absolute(folder)
    return whole.relative_to(base).as_posix() if whole.is_relative_to(base) else str(whole)


def path_from(text: Any, folder: Path) -> Path:
    """Absolute. Raises ValueError where it can be no path."""
    if not isinstance(text, str) or not text or "\0" in text or not _can_be_called(text):
        raise ValueError(f"{shown(text)} is not the path of a file or folder")
    return absolute(folder / text)


def _can_be_called(text: str) -> bool:
    try:
        return bool(os.fsencode(text))
    except UnicodeEncodeError:
        return False


def shown(value: Any) -> str:
    """The beginning of a value, for a sentence."""
    return f"{value!r:.{_SHOWN}}"


def reason(error: Exception) -> str:
    """Why a value could not be taken, to stand within a sentence."""
    return f"“{error.args[0]}” is missing" if isinstance(error, KeyError) else str(error).rstrip(".")


def parse_json(content: bytes, name: str) -> dict[str, Any]:
    """The object in a file of that name, null for numbers that are none. Raises ProjectError."""
    try:
        values = json.loads(content, parse_constant=lambda _: None, parse_float=_finite)
    except (ValueError, RecursionError) as error:
        raise ProjectError(f"“{name}” cannot be read: it is not a JSON file.") from error
    if not isinstance(values, dict) or not _is_shallow(values, _DEPTH_MAX):
        raise ProjectError(f"“{name}” is not a project: it holds other kinds of values.")
    return values


def _is_shallow(value: Any, levels: int) -> bool:
    items = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return levels > 0 and all(_is_shallow(item, levels - 1) for item in items)


def _finite(text: str) -> float | None:
    number = float(text)
    return number if math.isfinite(number) else None


def read_content(path: Path) -> bytes:
    """Raises ProjectError where it cannot be opened."""
    try:
        if path.exists() and not path.is_file():
            raise ProjectError(f"“{path.name}” is a folder or a device; give the file.")
        return path.read_bytes()
    except OSError as error:
        raise ProjectError(f"“{path.name}” cannot be opened: {error.strerror}.") from error


def to_json(values: Mapping[str, Any]) -> bytes:
    return (json.dumps(values, indent=2, allow_nan=False) + "\n").encode()


def write_content(content: bytes, path: Path, owner: Path | None = None) -> None:
    """Whole or not at all, and not through a link that leaves `owner`. Raises ProjectError where it cannot be."""
    try:
        with atomic_path(path, owner) as temporary:
            temporary.write_bytes(content)
    except OSError as error:
        raise ProjectError(not_written(path, error)) from error
