"""Reports of commands, and their printing."""

import json
import math
import re
from collections.abc import Sequence
from dataclasses import astuple, dataclass
from typing import TYPE_CHECKING, Any

from distill_app.common.console import write_stderr, write_stdout
from distill_app.common.errors import DistillError

if TYPE_CHECKING:
    from distill_app.vocoders.embedded.quality_gate import DistanceTable, QualityGate

_DISTANCES = ("LOG-MEL", "MR-STFT", "GROUP DELAY", "FREQUENCY", "LEVEL DB")


class WrongUseError(DistillError):
    """The command line asks for something impossible; exit status 2."""


@dataclass(frozen=True)
class Report:
    """Result of a command: `values` for a script, `text` for the user."""

    values: dict[str, Any]
    text: str


def print_report(report: Report, as_json: bool) -> None:
    """Print a report to standard output. Raises StdoutError or BrokenPipeError."""
    text = json.dumps(_replace_non_finite(report.values), indent=2, allow_nan=False) if as_json else report.text
    write_stdout(_mark_control_characters(text) + "\n")


def _replace_non_finite(value: Any) -> Any:
    """Values with null for NaN and the infinities, which JSON does not have."""
    if isinstance(value, dict):
        return {name: _replace_non_finite(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [_replace_non_finite(item) for item in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def print_error(sentence: str, as_json: bool) -> None:
    """Print a sentence to standard error, and with `as_json` also as `"error"` to standard output."""
    note(sentence)
    if as_json:
        print_report(Report({"error": sentence}, sentence), as_json=True)


def note(sentence: str) -> None:
    """Print a line to standard error."""
    write_stderr(_mark_control_characters(sentence) + "\n")


def _mark_control_characters(text: str) -> str:
    """Text with a mark for every control character, so that a name from a file cannot control the terminal."""
    return re.sub(r"[\x00-\x09\x0b-\x1f\x7f-\x9f]", "�", text)


def table(rows: Sequence[tuple[str, ...]]) -> str:
    """Rows with columns aligned to their widest cell."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = ("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in rows)
    return "\n".join(line.rstrip() for line in lines)


def gate_table(gate: "QualityGate") -> str:
    """Distances of vocoded recordings and reconstructions to the originals, per vocoder."""
    rows: list[tuple[str, ...]] = [("COPIES OF", "VOCODER", *_DISTANCES)]
    rows += _gate_rows("recordings", gate.recordings) + _gate_rows("reconstructions", gate.reconstructions)
    nearer = (
        f"nearer than built-in in {gate.nearer} of {gate.windows} windows, by {100 * gate.gain:.1f} % in the median"
    )
    return f"{table(rows)}\n{gate.seconds:g} s held out: {nearer}."


def _gate_rows(name: str, distances: "DistanceTable") -> list[tuple[str, ...]]:
    return [(name, vocoder, *(f"{value:.3f}" for value in astuple(each))) for vocoder, each in distances.items()]
