"""What a training has told so far, kept so that it can be shown: curves, demos, what was skipped. No Qt."""

import math
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from distill_app.common.logging_setup import logger
from distill_app.common.parsing import ParseError, parse_guard, parse_json
from distill_app.common.safetensors_io import read_metadata
from distill_app.common.training_paths import DEMO_PREFIX
from distill_app.common.typed_values import get_bool, get_list, require_number
from distill_app.training.run.status import TrainingStatus

_POINTS_MAX = 256
_SECONDS_MAX = 1e12


class Curve:
    """Values over seconds of learning, at most 256 of them: where more come, every other one goes."""

    def __init__(self) -> None:
        self.points: list[tuple[float, float]] = []
        self.count = 0
        """How many have come, those included that went."""
        self._every = 1

    def add(self, seconds: float, value: float) -> None:
        """The newest point is always kept. A moment that is past already is not told again."""
        if not math.isfinite(value) or (self.points and seconds <= self.points[-1][0]):
            return
        if (self.count - 1) % self._every:
            self.points.pop()
        self.points.append((seconds, value))
        self.count += 1
        if len(self.points) > _POINTS_MAX:
            self.points = [*self.points[:-1:2], self.points[-1]]
            self._every *= 2

    def until(self, seconds: float) -> "Curve":
        """The part that was there then."""
        kept = Curve()
        for point in self.points:
            if point[0] <= seconds:
                kept.add(*point)
        return kept

    def at(self, seconds: float) -> float | None:
        """The value that stood then."""
        return next((value for moment, value in reversed(self.points) if moment <= seconds), None)


@dataclass(frozen=True)
class Demo:
    """What the network made of the held-out sound.

    Args:
        path: of the sound.
        seconds: of learning, until then.
        error_db: on held-out sound at that moment, None where nobody knows.
    """

    path: Path
    seconds: float
    error_db: float | None

    @property
    def picture(self) -> Path:
        """The file with both mels."""
        return self.path.with_suffix(".safetensors")


@dataclass
class TrainingHistory:
    """Of one training, over all its runs.

    Args:
        errors: mean absolute log-mel error on held-out sound, in dB.
        losses: of a model, nats per window; of a vocoder, a number without unit.
        line: the newest one told.
        setup: the line that told of device, threads and memory.
        demos: the oldest first.
        skipped: reasons by name.
    """

    errors: Curve = field(default_factory=Curve)
    losses: Curve = field(default_factory=Curve)
    line: TrainingStatus | None = None
    setup: TrainingStatus | None = None
    demos: list[Demo] = field(default_factory=list)
    skipped: dict[str, str] = field(default_factory=dict)
    seconds: float = 0.0
    best: tuple[float, float] | None = None
    """Moment and value of the least error."""
    saved: bool = False
    """What it came to is a model by now: nothing was broken off."""

    def add(self, line: TrainingStatus) -> None:
        self.line = line
        self.skipped |= dict(line.skipped)
        if line.device is not None:
            self.setup = line
        if line.seconds is not None:
            self._learned(line.seconds, line)
        if line.demo is not None:
            self._add_demo(Path(line.demo))

    def _learned(self, seconds: float, line: TrainingStatus) -> None:
        """Before the first step there is no loss, and an error that says nothing."""
        self.seconds = max(self.seconds, seconds)
        if line.loss is not None:
            self.losses.add(seconds, line.loss)
            if line.error_db is not None:
                self._judged(seconds, line.error_db)

    def _judged(self, seconds: float, error_db: float) -> None:
        """Told with each line, it is a point of the curve only where it is another one."""
        if self.errors.points and self.errors.points[-1][1] == error_db:
            return
        self.errors.add(seconds, error_db)
        if math.isfinite(error_db) and (self.best is None or error_db < self.best[1]):
            self.best = seconds, error_db

    def _add_demo(self, path: Path) -> None:
        seconds = _seconds_of(path)
        if seconds is not None and all(demo.path != path for demo in self.demos):
            self.demos.append(Demo(path, seconds, self.errors.at(seconds + 0.5)))

    def until(self, seconds: float) -> "TrainingHistory":
        """As it was then; what came later was not written down before the training was broken off."""
        demos = [demo for demo in self.demos if demo.seconds <= seconds + 1]
        kept = TrainingHistory(
            Curve(), self.losses.until(seconds), None, self.setup, demos, dict(self.skipped), seconds
        )
        for moment, error_db in self.errors.until(seconds).points:
            kept._judged(moment, error_db)
        return kept

    def recall(self, curve: Iterable[tuple[float, float]], demos: Iterable[Path], seconds: float) -> None:
        """What an earlier run came to."""
        for moment, error_db in curve:
            self._judged(moment, error_db)
        self.seconds = seconds
        for path in sorted(demos, key=lambda path: _seconds_of(path) or 0.0):
            if (_seconds_of(path) or 0.0) <= seconds + 1:
                self._add_demo(path)


def _seconds_of(demo: Path) -> float | None:
    number = demo.stem.removeprefix(DEMO_PREFIX)
    return float(number) if number.isdecimal() else None


def interrupted_history(checkpoint: Path) -> TrainingHistory | None:
    """Of a training that can go on; None where there is none. Reads a header only."""
    history = TrainingHistory()
    try:
        values = parse_json(read_metadata(checkpoint))
        with parse_guard():
            curve = [_point(each) for each in get_list(values, "curve")]
            history.saved = get_bool(values, "saved", default=False)
            seconds = require_number(values["seconds"], "seconds", 0, _SECONDS_MAX)
            history.recall(curve, checkpoint.parent.glob(f"{DEMO_PREFIX}*.wav"), seconds)
    except FileNotFoundError:
        return None
    except (OSError, ParseError) as error:
        logger.info("no training to go on with in %s: %s", checkpoint, error)
        return None
    return history


def _point(values: Any) -> tuple[float, float]:
    seconds, error_db = values
    return require_number(seconds, "seconds", 0, _SECONDS_MAX), require_number(error_db, "error_db")


def is_saved(checkpoint: Path) -> bool:
    """Whether what stands there is a model by now."""
    history = interrupted_history(checkpoint)
    return history is not None and history.saved
