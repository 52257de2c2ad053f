"""Small JSON files of values measured on this computer. A lost file is measured again."""

import json
import logging
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar

from distill_app.common.atomic_io import atomic_path
from distill_app.common.parsing import ParseError, parse_guard, parse_json, read_limited

_Value = TypeVar("_Value")

_log = logging.getLogger(__name__)


def load(path: Path, parse: Callable[[Any], _Value], nothing: _Value) -> _Value:
    """Value that `parse` returns for the file's JSON object; `nothing` if the file is missing or damaged (logged).

    Args:
        parse: may raise the exceptions of `parse_guard` for invalid values.
    """
    try:
        values = parse_json(read_limited(path), paths=True)
        with parse_guard():
            return parse(values)
    except FileNotFoundError:
        return nothing
    except (OSError, ParseError) as error:
        _log.warning("what “%s” remembered is forgotten: %s", path.name, error)
        return nothing


def save(path: Path, values: Mapping[str, Any]) -> None:
    """Write the values; a failure is logged."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with atomic_path(path) as temporary:
            temporary.write_text(json.dumps(values), encoding="utf-8")
    except OSError as error:
        _log.warning("what was measured is not remembered: %s", error)
