"""CSV log of a vocoder training, one row every few steps."""

import csv
from collections.abc import Mapping
from pathlib import Path

from distill_app.common.atomic_io import atomic_path, write_error_message
from distill_app.common.errors import TrainingError
from distill_app.training.vocoder.losses import TERMS

PARTS = ("data", "generator", "losses", "backward", "discriminators", "optimizer", "saving")
"""Parts of a step timed in seconds; on a GPU the time the program waited, not the time the GPU worked."""
VALIDATION = ("mel", "group_delay", "frequency")
COLUMNS = (
    *("step", "hours", "learning_rate", "gradient_norm", "loss"),
    *TERMS,
    *("adversarial", "features", "discriminator"),
    *(f"{part}_seconds" for part in PARTS),
    *(f"held_out_{name}" for name in VALIDATION),
)
Row = Mapping[str, float]


class TrainingLog:
    """Appends rows to a CSV file.

    Args:
        path: log file, overwritten or kept up to step `after`.
        after: step from which the training resumes; later rows of an interrupted run are removed.

    Raises TrainingError if it cannot be written.
    """

    def __init__(self, path: Path, after: int = 0) -> None:
        self._path = path
        kept = [row for row in read_log(path) if row["step"] <= after] if after else []
        try:
            with atomic_path(path) as temporary, open(temporary, "w", newline="", encoding="utf-8") as file:
                writer = csv.DictWriter(file, COLUMNS)
                writer.writeheader()
                writer.writerows([_format_row(row) for row in kept])
        except OSError as error:
            raise TrainingError(write_error_message(path, error)) from error

    def add(self, row: Row) -> None:
        """Append a row with some of `COLUMNS`. Raises TrainingError."""
        try:
            with open(self._path, "a", newline="", encoding="utf-8") as file:
                csv.DictWriter(file, COLUMNS).writerow(_format_row(row))
        except OSError as error:
            raise TrainingError(write_error_message(self._path, error)) from error


def _format_row(row: Row) -> dict[str, str]:
    return {name: f"{row[name]:.6g}" if name != "step" else str(int(row[name])) for name in COLUMNS if name in row}


def read_log(path: Path) -> list[dict[str, float]]:
    """Rows of a log without empty or truncated fields; none if the file is missing."""
    if not path.is_file():
        return []
    with open(path, newline="", encoding="utf-8", errors="replace") as file:
        rows = [_numbers(row) for row in csv.DictReader(file)]
    return [row for row in rows if "step" in row]


def _numbers(row: Mapping[str, str | None]) -> dict[str, float]:
    values = {}
    for name, text in row.items():
        try:
            values[name] = float(text or "")
        except ValueError:
            continue
    return values
