"""Type and range checks for values of parsed files: True is no number, 0 is no missing object. No torch."""

import math
import os
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, TypeGuard
from urllib.parse import quote_from_bytes, unquote_to_bytes

from distill_app.common.parsing import ParseError, replace_surrogates

_SHOWN = 40
_PATH_BYTES = "path-bytes:"
"""Prefix of an encoded path that is not valid Unicode; its bytes follow, percent-encoded."""


def excerpt(value: Any) -> str:
    """First letters of a value's representation, for a sentence."""
    if isinstance(value, int) and abs(value) >= 2**64:
        return "a number with more than 64 bits"  # repr() fails for thousands of digits
    return f"{value!r:.{_SHOWN}}"


def get_text(values: Mapping[str, Any], name: str, default: str | None = None, length_max: int | None = None) -> str:
    """Text called `name`. Raises KeyError if missing without a default, ParseError if it is no text or too long."""
    text = values[name] if default is None else values.get(name, default)
    if not isinstance(text, str) or text != replace_surrogates(text) or "\0" in text:
        raise ParseError(f"“{name}” is {excerpt(text)} and not a text")
    if length_max is not None and len(text) > length_max:
        raise ParseError(f"“{name}” has {len(text)} letters where at most {length_max} are possible")
    return text


def get_number(values: Mapping[str, Any], name: str, low: float, high: float) -> float | None:
    """Number called `name`, None if missing. Raises ParseError if it is no number from `low` to `high`."""
    number = values.get(name)
    return None if number is None else require_number(number, name, low, high)


def require_number(number: object, name: str, low: float = -math.inf, high: float = math.inf) -> float:
    """Finite number. Raises ParseError if it is no number from `low` to `high`."""
    if is_number(number) and low <= number <= high:
        return float(number)
    limits = "" if math.inf in (-low, high) else f" from {low:g} to {high:g}"
    raise ParseError(f"“{name}” is {excerpt(number)} and not a number{limits}")


def is_number(value: object) -> TypeGuard[int | float]:
    """Whether a value is a finite number of at most 64 bits, and no bool."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return math.isfinite(value) if isinstance(value, float) else abs(value) < 2**64


def get_int(values: Mapping[str, Any], name: str, low: int, high: int) -> int | None:
    """Integer called `name`, None if missing. Raises ParseError if it is no integer from `low` to `high`."""
    number = values.get(name)
    return None if number is None else require_int(number, name, low, high)


def require_int(number: object, name: str, low: int, high: int) -> int:
    """Integer. Raises ParseError if it is no integer from `low` to `high`."""
    if isinstance(number, bool) or not isinstance(number, int) or not low <= number <= high:
        raise ParseError(f"“{name}” is {excerpt(number)} and not a whole number from {low} to {high}")
    return number


def get_bool(values: Mapping[str, Any], name: str, default: bool) -> bool:
    """Boolean called `name`. Raises ParseError if it is neither True nor False."""
    value = values.get(name, default)
    if not isinstance(value, bool):
        raise ParseError(f"“{name}” is {excerpt(value)} and neither true nor false")
    return value


def require_like(name: str, value: Any, default: Any) -> Any:
    """Value of the type of `default`: bool, number or text. Raises ParseError if it is of another type."""
    if isinstance(default, bool):
        return get_bool({name: value}, name, default)
    if isinstance(default, int):
        return require_int(value, name, -(2**63), 2**63 - 1)
    if isinstance(default, float):
        return require_number(value, name)
    return get_text({name: value}, name)


def get_datetime(values: Mapping[str, Any], name: str) -> datetime | None:
    """Time with a time zone, UTC by default; None if missing. Raises ParseError if it is no ISO 8601 date."""
    if values.get(name) is None:
        return None
    text = get_text(values, name)
    try:
        when = datetime.fromisoformat(text)
    except ValueError as error:
        raise ParseError(f"“{name}” is {excerpt(text)} and not a date") from error
    return when if when.tzinfo else when.replace(tzinfo=UTC)


def get_list(values: Mapping[str, Any], name: str, length_max: int | None = None) -> list[Any]:
    """List called `name`, empty if missing. Raises ParseError if it is no list or too long."""
    return require_list(values.get(name, []), name, length_max)


def require_list(found: object, name: str, length_max: int | None = None) -> list[Any]:
    """List. Raises ParseError if it is no list or too long."""
    if not isinstance(found, list):
        raise ParseError(f"“{name}” is {excerpt(found)} and not a list")
    if length_max is not None and len(found) > length_max:
        raise ParseError(f"“{name}” has {len(found)} entries where at most {length_max} are possible")
    return found


def require_object(value: Any) -> Mapping[str, Any]:
    """JSON object. Raises ParseError if it is none."""
    if not isinstance(value, dict):
        raise ParseError(f"{excerpt(value)} is not an object with names and values")
    return value


def encode_path(path: str) -> str:
    """Path as text that any file can hold, also if its name is no Unicode; `decode_path` is the inverse."""
    return path if path == replace_surrogates(path) else _PATH_BYTES + quote_from_bytes(os.fsencode(path))


def decode_path(text: str) -> str:
    """Path from the text of `encode_path`."""
    encoded = text.removeprefix(_PATH_BYTES)
    return text if encoded == text else os.fsdecode(unquote_to_bytes(encoded))
