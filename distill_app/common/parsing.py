"""Strict parsing of JSON and TOML that may be damaged, edited or hostile. Every failure is a ParseError. No torch."""

import json
import math
import re
import tomllib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from distill_app.common.regular_files import open_regular

JSON_BYTES_MAX, TOML_BYTES_MAX = 16 * 2**20, 64 * 1024
"""Largest parsed files in bytes. TOML's limit is low because its parser takes quadratic time."""
DEPTH_MAX = 50
_DIGITS_MAX = 20
_WHOLE_MIN, _WHOLE_MAX = -(2**63), 2**64
_STRING = re.compile(r'"(?:[^"\\]++|\\.?)*+(?:"|\Z)', re.DOTALL)
_BRACKET = re.compile(r"[][{}]")
_FAILURES = (ArithmeticError, AttributeError, LookupError, RuntimeError, TypeError, ValueError)
"""Exceptions that code raises on values of unexpected types. RecursionError is a RuntimeError."""


class ParseError(ValueError):
    """Content that cannot be used; the message is a clause."""


@contextmanager
def parse_guard() -> Iterator[None]:
    """Raises ParseError for what the block raises on unexpected values; OSError and DistillError pass."""
    try:
        yield
    except ParseError:
        raise
    except _FAILURES as error:
        raise ParseError(error_reason(error)) from error


def error_reason(error: Exception) -> str:
    """Reason of an error as a clause."""
    if isinstance(error, KeyError):
        return f"“{error.args[0]}” is missing"
    return str(error).rstrip(".") or type(error).__name__


def strip_control_characters(error: ParseError) -> str:
    """Error message without the control characters that names in a hostile file may contain."""
    return "".join(letter if letter.isprintable() else "�" for letter in str(error))


def read_limited(path: Path, size_max: int = JSON_BYTES_MAX) -> bytes:
    """Bytes of a file. Raises OSError if it cannot be opened, ParseError if it is larger than `size_max`."""
    with open_regular(path) as file:
        content = file.read(size_max + 1)
    _check_size(content, size_max)
    return content


def parse_json(
    content: bytes | str, *, size_max: int = JSON_BYTES_MAX, paths: bool = False, nulls: bool = False
) -> dict[str, Any]:
    """Object in a JSON text.

    Args:
        size_max: limit in bytes or letters.
        paths: keep lone surrogates, which represent bytes of file names; they become "?" otherwise.
        nulls: read numbers that are not finite or exceed 64 bits as null; they are refused otherwise.

    Raises ParseError if it is too large, no UTF-8, no JSON, nested deeper than `DEPTH_MAX`, no object, or repeats a
    name.
    """
    _check_size(content, size_max)
    try:
        text = content if isinstance(content, str) else content.decode("utf-8-sig")
        values = _json_values(text, _NullNumbers if nulls else _Numbers)
    except ParseError:
        raise
    except (ValueError, RecursionError) as error:
        raise ParseError("it is not a JSON file") from error
    if not isinstance(values, dict):
        raise ParseError("it holds other kinds of values")
    return values if paths or _has_no_surrogate(text) else _readable_values(values)


def _json_values(text: str, numbers: "type[_Numbers]") -> Any:
    _check_nesting(text)
    return json.loads(
        text,
        parse_int=numbers.parse_int,
        parse_float=numbers.parse_float,
        parse_constant=numbers.parse_constant,
        object_pairs_hook=_object,
    )


def parse_toml(content: bytes, *, size_max: int = TOML_BYTES_MAX) -> dict[str, Any]:
    """Table in a TOML file. Raises ParseError if it is too large, no TOML, or nested deeper than `DEPTH_MAX`."""
    _check_size(content, size_max)
    with parse_guard():
        values = tomllib.loads(content.decode("utf-8-sig"))
        _check_depth(values, DEPTH_MAX)
    return values


def replace_surrogates(text: str) -> str:
    """Text with "?" for lone surrogates, which no file or terminal accepts."""
    return text.encode(errors="replace").decode()


class _Numbers:
    """Parsers of the numbers of a JSON text; numbers out of range are refused."""

    @classmethod
    def parse_int(cls, text: str) -> int | None:
        number = int(text) if len(text) <= _DIGITS_MAX else _WHOLE_MAX
        return number if _WHOLE_MIN <= number < _WHOLE_MAX else cls.parse_constant(text)

    @classmethod
    def parse_float(cls, text: str) -> float | None:
        number = float(text)
        return number if math.isfinite(number) else cls.parse_constant(text)

    @classmethod
    def parse_constant(cls, text: str) -> None:
        raise ParseError(f"{text:.20} in it is no number that can be used")


class _NullNumbers(_Numbers):
    @classmethod
    def parse_constant(cls, text: str) -> None:
        return None


def _object(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    values = dict(pairs)
    if len(values) != len(pairs):
        raise ParseError("a name stands twice in it")
    return values


def _check_size(content: bytes | str, size_max: int) -> None:
    if len(content) > size_max:
        raise ParseError("it is larger than any such file")


def _check_nesting(text: str) -> None:
    """Raises ParseError before parsing, because the parser's recursion uses the thread's stack."""
    if text.count("[") + text.count("{") <= DEPTH_MAX:
        return
    depth = 0
    for bracket in _BRACKET.findall(_STRING.sub("", text)):
        depth += 1 if bracket in "[{" else -1
        if depth > DEPTH_MAX:
            raise ParseError(f"it is not a JSON file of at most {DEPTH_MAX} levels")


def _check_depth(value: Any, levels: int) -> None:
    items = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    if levels < 0:
        raise ParseError("it is nested too deeply")
    for item in items:
        _check_depth(item, levels - 1)


def _has_no_surrogate(text: str) -> bool:
    """Whether a text cannot contain lone surrogates: strictly decoded text holds them only as escapes."""
    return text.isascii() and "\\u" not in text


def _readable_values(value: Any) -> Any:
    if isinstance(value, str):
        return replace_surrogates(value)
    if isinstance(value, list):
        return [_readable_values(each) for each in value]
    if isinstance(value, dict):
        return {replace_surrogates(name): _readable_values(each) for name, each in value.items()}
    return value
