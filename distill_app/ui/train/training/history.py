"""History of a training for display: curves, demos and skipped files. No Qt."""

import math
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

from distill_app.common.logging_setup import logger
from distill_app.common.parsing import ParseError, parse_guard, parse_json
from distill_app.common.safetensors_io import read_metadata
from distill_app.common.training_paths import DEMO_PREFIX
from distill_app.common.typed_values import get_bool, get_list, require_number
from distill_app.training.run.status import TrainingStatus

_POINTS_MAX = 256
_SECONDS_MAX = 1e12
_FACTS = ("first_error_db", "files", "sound_seconds", "grain_seconds")
"""Figures that a training reports once, or again and again without a change."""


class Curve:
    """Values over seconds of training, thinned to at most 256 points."""

    def __init__(self) -> None:
        self.points: list[tuple[float, float]] = []
        self.count = 0
        """Number of points added, thinned ones included."""
        self._every = 1

    def add(self, seconds: float, value: float) -> None:
        """Adds a point; the newest one is always kept, and earlier ones than that are ignored."""
        if not math.isfinite(value) or (self.points and seconds <= self.points[-1][0]):
            return
        if (self.count - 1) % self._every:
            self.points.pop()
        self.points.append((seconds, value))
        self.count += 1
        if len(self.points) > _POINTS_MAX:
            self.points = [*self.points[:-1:2], self.points[-1]]
            self._every *= 2

    def until(self, seconds: float) -> Self:
        """Part of the curve up to a moment."""
        kept = type(self)()
        for point in self.points:
            if point[0] <= seconds:
                kept.add(*point)
        return kept

    def at(self, seconds: float) -> float | None:
        """Newest value at a moment, None before the first one."""
        return next((value for moment, value in reversed(self.points) if moment <= seconds), None)


@dataclass(frozen=True)
class Demo:
    """Demo of a training.

    Args:
        path: of the sound.
        seconds: of training until then.
        error_db: validation error at that moment, None where it is unknown.
    """

    path: Path
    seconds: float
    error_db: float | None

    @property
    def picture(self) -> Path:
        """File with both mels."""
        return self.path.with_suffix(".safetensors")


@dataclass
class TrainingHistory:
    """History of one training over all its runs.

    Args:
        errors: validation errors in dB.
        losses: of a model, nats per window; of a vocoder, a number without unit.
        status: the newest one.
        setup: status with device, threads and memory.
        demos: the oldest first.
        skipped: reasons by name.
        first_error_db: validation error of the first model; None for a vocoder.
        files, sound_seconds, grain_seconds: number and length of the recordings, and of their sound in the model.
    """

    errors: Curve = field(default_factory=Curve)
    losses: Curve = field(default_factory=Curve)
    status: TrainingStatus | None = None
    setup: TrainingStatus | None = None
    demos: list[Demo] = field(default_factory=list)
    skipped: dict[str, str] = field(default_factory=dict)
    seconds: float = 0.0
    first_error_db: float | None = None
    files: int | None = None
    sound_seconds: float | None = None
    grain_seconds: float | None = None
    best: tuple[float, float] | None = None
    """Moment and value of the smallest error."""
    saved: bool = False
    """The result is saved as a model: nothing was interrupted."""

    def add(self, status: TrainingStatus) -> None:
        before, self.status = self.status, status
        self.skipped |= dict(status.skipped)
        for name in _FACTS:
            if getattr(status, name) is not None:
                setattr(self, name, getattr(status, name))
        if status.device is not None:
            self.setup = status
        if status.seconds is not None:
            self._add_figures(status.seconds, status)
        if status.demo is not None and (before is None or before.demo != status.demo):
            self._add_demo(Path(status.demo))

    def _add_figures(self, seconds: float, status: TrainingStatus) -> None:
        """Adds figures; before the first step there is no loss, and the error means nothing."""
        self.seconds = max(self.seconds, seconds)
        if status.loss is not None:
            self.losses.add(seconds, status.loss)
            if status.error_db is not None:
                self._add_error(seconds, status.error_db)

    def _add_error(self, seconds: float, error_db: float) -> None:
        """Adds a validation error where it has changed; every status repeats the last one."""
        if self.errors.points and self.errors.points[-1][1] == error_db:
            return
        self.errors.add(seconds, error_db)
        if math.isfinite(error_db) and (self.best is None or error_db < self.best[1]):
            self.best = seconds, error_db

    def _add_demo(self, path: Path) -> None:
        """Adds a demo unless it is known; every status repeats the last one."""
        seconds = _seconds_of(path)
        if seconds is not None and all(demo.path != path for demo in self.demos):
            self.demos.append(Demo(path, seconds, self.errors.at(seconds + 0.5)))

    def until(self, seconds: float) -> "TrainingHistory":
        """History up to a moment; what came later was lost when the training was interrupted."""
        demos = [demo for demo in self.demos if demo.seconds <= seconds + 1]
        kept = TrainingHistory(
            Curve(), self.losses.until(seconds), None, self.setup, demos, dict(self.skipped), seconds
        )
        for name in _FACTS:
            setattr(kept, name, getattr(self, name))
        for moment, error_db in self.errors.until(seconds).points:
            kept._add_error(moment, error_db)
        return kept

    def restore(self, curve: Iterable[tuple[float, float]], demos: Iterable[Path], seconds: float) -> None:
        """Restores the curve and the demos of an earlier run."""
        for moment, error_db in curve:
            self._add_error(moment, error_db)
        self.seconds = seconds
        for path in sorted(demos, key=lambda path: _seconds_of(path) or 0.0):
            if (_seconds_of(path) or 0.0) <= seconds + 1:
                self._add_demo(path)


def _seconds_of(demo: Path) -> float | None:
    number = demo.stem.removeprefix(DEMO_PREFIX)
    return float(number) if number.isdecimal() else None


def interrupted_history(checkpoint: Path) -> TrainingHistory | None:
    """History of a training that can be resumed, from the header of its checkpoint; None where there is none."""
    history = TrainingHistory()
    try:
        values = parse_json(read_metadata(checkpoint))
        with parse_guard():
            curve = [_point(each) for each in get_list(values, "curve")]
            history.saved = get_bool(values, "saved", default=False)
            seconds = require_number(values["seconds"], "seconds", 0, _SECONDS_MAX)
            history.restore(curve, checkpoint.parent.glob(f"{DEMO_PREFIX}*.wav"), seconds)
    except FileNotFoundError:
        return None
    except (OSError, ParseError) as error:
        logger.info("no training to resume in %s: %s", checkpoint, error)
        return None
    return history


def resumed_history(checkpoint: Path, known: TrainingHistory | None, resumes: bool) -> TrainingHistory:
    """Initial history of a run: of a resumed training what was up to the checkpoint.

    Args:
        known: history of the run before, if that was of this training.
    """
    kept = interrupted_history(checkpoint) if resumes else None
    if kept is None:
        return TrainingHistory()
    return known.until(kept.seconds) if known is not None and known.status else kept


def _point(values: Any) -> tuple[float, float]:
    seconds, error_db = values
    return require_number(seconds, "seconds", 0, _SECONDS_MAX), require_number(error_db, "error_db")


def is_saved(checkpoint: Path) -> bool:
    """Whether the result of the training is saved as a model."""
    history = interrupted_history(checkpoint)
    return history is not None and history.saved
