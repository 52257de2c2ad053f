"""Where a training stands as one line of JSON: what its process tells a script or a window. No torch here."""

import json
import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

from distill_app.common.parsing import ParseError, parse_guard, parse_json


@dataclass(frozen=True)
class ProgressLine:
    """What is not known yet is None.

    Args:
        stage: "scan", "train", "analyse" or "save".
        message: that stage in words.
        fraction: 0 … 1 of the stage.
        paused: it waits for "continue".
        epoch, step: completed.
        seconds, remaining_seconds: of learning so far, without pauses, and those estimated to come.
        loss: nats per window.
        error_db, best_error_db: mean absolute log-mel error on held-out sound, now and of the network kept.
        plateau: little is still being learned.
        trouble: a sentence where it cannot be written down at present, else "".
        device, threads, memory_bytes: what is trained on, with how many threads, and the memory it takes, estimated.
        demo: path of the newest sound of the network.
        skipped: what is not learned from, as [name, reason], told once each.
        notes: sentences about what is learned from, told once each.
    """

    stage: str
    message: str
    fraction: float
    paused: bool = False
    epoch: int | None = None
    step: int | None = None
    seconds: float | None = None
    remaining_seconds: float | None = None
    loss: float | None = None
    error_db: float | None = None
    best_error_db: float | None = None
    plateau: bool = False
    trouble: str = ""
    device: str | None = None
    threads: int | None = None
    memory_bytes: int | None = None
    demo: str | None = None
    skipped: tuple[tuple[str, str], ...] = ()
    notes: tuple[str, ...] = ()

    def to_json(self) -> str:
        """One line, without its end."""
        return json.dumps({name: _told(value) for name, value in asdict(self).items()}, allow_nan=False)


def _told(value: Any) -> Any:
    if not isinstance(value, float):
        return value
    return round(value, 6) if math.isfinite(value) else None


def parse_line(text: str) -> ProgressLine | None:
    """None for a line that no training wrote, such as a library's warning."""
    try:
        values = parse_json(text)
        with parse_guard():
            return _line(values)
    except ParseError:
        return None


def _line(values: Mapping[str, Any]) -> ProgressLine:
    known = {field.name: values[field.name] for field in fields(ProgressLine) if field.name in values}
    skipped = tuple((str(name), str(reason)) for name, reason in known.pop("skipped", ()))
    notes = tuple(str(note) for note in known.pop("notes", ()))
    return ProgressLine(**known, skipped=skipped, notes=notes)
