"""Status of a training, from the training through its process to the window. No torch here."""

import json
import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any, Literal

from distill_app.common.parsing import ParseError, parse_guard, parse_json

Stage = Literal["scan", "train", "analyse", "save"]
Skipped = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class TrainingStatus:
    """Stage and figures of a training at one moment; None is not known yet.

    Args:
        stage: part of the work.
        message: that part in words for a musician.
        fraction: 0 … 1 of the stage.
        paused: it waits for "continue".
        epoch, step: completed; an epoch uses each training frame once on average.
        seconds, remaining_seconds: of training so far, without pauses, and those estimated to come.
        loss: of a model in nats per window; of a vocoder without unit.
        error_db, best_error_db, first_error_db: mean absolute log-mel error on validation sound: now, of the network
            kept, and of the first model.
        plateau: the error hardly shrinks any more.
        trouble: a sentence where the last checkpoint or demo could not be written, else "".
        device, threads, memory_bytes: hardware, sent once, and the estimated memory.
        files, sound_seconds: number and length of the recordings, sent once they are read.
        first_model, grain_seconds: path of the first model, sent once it is written, and length of the recordings'
            sound that it carries.
        demo: path of the newest demo.
        skipped: [name, reason] of files that are not used.
        notes: sentences about the recordings.

    While it scans, a training repeats all `skipped` and `notes` so far; lines of JSON carry each of them once.
    """

    stage: Stage
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
    first_error_db: float | None = None
    plateau: bool = False
    trouble: str = ""
    device: str | None = None
    threads: int | None = None
    memory_bytes: int | None = None
    files: int | None = None
    sound_seconds: float | None = None
    first_model: str | None = None
    grain_seconds: float | None = None
    demo: str | None = None
    skipped: Skipped = ()
    notes: tuple[str, ...] = ()

    def to_json(self) -> str:
        """One line of JSON without its end."""
        return json.dumps({name: _json_value(value) for name, value in asdict(self).items()}, allow_nan=False)

    @classmethod
    def from_json(cls, line: str) -> "TrainingStatus | None":
        """Status in a line of output; None for any other line, such as a library's warning."""
        try:
            values = parse_json(line)
            with parse_guard():
                return cls._from_values(values)
        except ParseError:
            return None

    @classmethod
    def _from_values(cls, values: Mapping[str, Any]) -> "TrainingStatus":
        known = {field.name: values[field.name] for field in fields(cls) if field.name in values}
        known["skipped"] = tuple((str(name), str(reason)) for name, reason in known.get("skipped", ()))
        known["notes"] = tuple(str(note) for note in known.get("notes", ()))
        return cls(**known)


def _json_value(value: Any) -> Any:
    if not isinstance(value, float):
        return value
    return round(value, 6) if math.isfinite(value) else None
