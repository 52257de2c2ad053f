"""What a command answers, and how it is printed."""

import json
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from distill_app.common.console import write_stderr, write_stdout
from distill_app.common.errors import DistillError


class WrongUseError(DistillError):
    """The command line asks for something that cannot be: exit status 2."""


@dataclass(frozen=True)
class Report:
    """The answer of a command: `values` for a script, `text` for a person."""

    values: dict[str, Any]
    text: str


def print_report(report: Report, as_json: bool) -> None:
    """The whole answer on standard output. Raises UnprintedError or BrokenPipeError."""
    text = json.dumps(_finite(report.values), indent=2, allow_nan=False) if as_json else report.text
    write_stdout(_visible(text) + "\n")


def _finite(value: Any) -> Any:
    """The same with null for what JSON cannot say: NaN and the infinities."""
    if isinstance(value, dict):
        return {name: _finite(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(item) for item in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def print_error(sentence: str, as_json: bool) -> None:
    """The sentence on standard error; a script that reads JSON finds it as `"error"` too."""
    note(sentence)
    if as_json:
        print_report(Report({"error": sentence}, sentence), as_json=True)


def note(sentence: str) -> None:
    """A line on standard error, beside the answer."""
    write_stderr(_visible(sentence) + "\n")


def _visible(text: str) -> str:
    """The same with a mark for every control character: a name from a file must not steer the terminal."""
    return re.sub(r"[\x00-\x09\x0b-\x1f\x7f-\x9f]", "�", text)


def table(rows: Sequence[tuple[str, ...]]) -> str:
    """Columns aligned to their widest cell."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = ("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in rows)
    return "\n".join(line.rstrip() for line in lines)
