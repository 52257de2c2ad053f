"""Values of parsed files by name, checked for type and range: True is no number, 0 is no missing object. No torch."""

import math
import os
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, TypeGuard
from urllib.parse import quote_from_bytes, unquote_to_bytes

from distill_app.common.parsing import ParseError, replace_surrogates

_SHOWN = 40
_PATH_BYTES = "path-bytes:"
"""Prefix of the text of a path that is not valid Unicode; its bytes follow, percent-encoded."""


def excerpt(value: Any) -> str:
    """The beginning of a value, for a sentence."""
    if isinstance(value, int) and abs(value) >= 2**64:
        return "a number with more than 64 bits"  # repr() of one with thousands of digits fails
    return f"{value!r:.{_SHOWN}}"


def get_text(values: Mapping[str, Any], name: str, default: str | None = None, length_max: int | None = None) -> str:
    """Raises KeyError where it is missing and has no default, ParseError where it is no text, or a longer one."""
    text = values[name] if default is None else values.get(name, default)
    if not isinstance(text, str) or text != replace_surrogates(text) or "\0" in text:
        raise ParseError(f"“{name}” is {excerpt(text)} and not a text")
    if length_max is not None and len(text) > length_max:
        raise ParseError(f"“{name}” has {len(text)} letters where at most {length_max} are possible")
    return text


def get_number(values: Mapping[str, Any], name: str, low: float, high: float) -> float | None:
    """None where there is none. Raises ParseError where it is no number from `low` to `high`."""
    number = values.get(name)
    return None if number is None else require_number(number, name, low, high)


def require_number(number: object, name: str, low: float = -math.inf, high: float = math.inf) -> float:
    """Finite. Raises ParseError where it is no number from `low` to `high`."""
    if is_number(number) and low <= number <= high:
        return float(number)
    limits = "" if math.inf in (-low, high) else f" from {low:g} to {high:g}"
    raise ParseError(f"“{name}” is {excerpt(number)} and not a number{limits}")


def is_number(value: object) -> TypeGuard[int | float]:
    """Finite, of at most 64 bits, and neither True nor False."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return math.isfinite(value) if isinstance(value, float) else abs(value) < 2**64


def get_int(values: Mapping[str, Any], name: str, low: int, high: int) -> int | None:
    """None where there is none. Raises ParseError where it is no whole number from `low` to `high`."""
    number = values.get(name)
    return None if number is None else require_int(number, name, low, high)


def require_int(number: object, name: str, low: int, high: int) -> int:
    """Raises ParseError where it is no whole number from `low` to `high`."""
    if isinstance(number, bool) or not isinstance(number, int) or not low <= number <= high:
        raise ParseError(f"“{name}” is {excerpt(number)} and not a whole number from {low} to {high}")
    return number


def get_bool(values: Mapping[str, Any], name: str, default: bool) -> bool:
    """Raises ParseError where it is neither True nor False."""
    value = values.get(name, default)
    if not isinstance(value, bool):
        raise ParseError(f"“{name}” is {excerpt(value)} and neither true nor false")
    return value


def require_like(name: str, value: Any, default: Any) -> Any:
    """`value` where it is a number, a flag or a text as `default` is. Raises ParseError where it is another kind."""
    if isinstance(default, bool):
        return get_bool({name: value}, name, default)
    if isinstance(default, int):
        return require_int(value, name, -(2**63), 2**63 - 1)
    if isinstance(default, float):
        return require_number(value, name)
    return get_text({name: value}, name)


def get_datetime(values: Mapping[str, Any], name: str) -> datetime | None:
    """A time with its zone, UTC where none is said. Raises ParseError where it is no date of ISO 8601."""
    if values.get(name) is None:
        return None
    text = get_text(values, name)
    try:
        when = datetime.fromisoformat(text)
    except ValueError as error:
        raise ParseError(f"“{name}” is {excerpt(text)} and not a date") from error
    return when if when.tzinfo else when.replace(tzinfo=UTC)


def get_list(values: Mapping[str, Any], name: str, length_max: int | None = None) -> list[Any]:
    """Empty where there is none. Raises ParseError where it is no list, or a longer one."""
    return require_list(values.get(name, []), name, length_max)


def require_list(found: object, name: str, length_max: int | None = None) -> list[Any]:
    """Raises ParseError where it is no list, or a longer one."""
    if not isinstance(found, list):
        raise ParseError(f"“{name}” is {excerpt(found)} and not a list")
    if length_max is not None and len(found) > length_max:
        raise ParseError(f"“{name}” has {len(found)} entries where at most {length_max} are possible")
    return found


def require_object(value: Any) -> Mapping[str, Any]:
    """Raises ParseError where it is none."""
    if not isinstance(value, dict):
        raise ParseError(f"{excerpt(value)} is not an object with names and values")
    return value


def encode_path(path: str) -> str:
    """A path as a text that any file can hold, also where its name is no Unicode. `decode_path` undoes it."""
    return path if path == replace_surrogates(path) else _PATH_BYTES + quote_from_bytes(os.fsencode(path))


def decode_path(text: str) -> str:
    """The path that `encode_path` has written."""
    encoded = text.removeprefix(_PATH_BYTES)
    return text if encoded == text else os.fsdecode(unquote_to_bytes(encoded))
