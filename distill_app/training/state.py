"""Where a training of a model stands, as a file: what `--resume` goes on from."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from distill_app.training.config import TrainingConfig
from distill_app.training.evaluation import Evaluation
from distill_app.training.plateau import Point
from distill_app.training.state_file import State, States, Values, checked_progress, read_state, write_state

FORMAT_VERSION = 1
_KIND = "model-training"


@dataclass(frozen=True, eq=False)
class TrainingState:
    """Everything of a training but its recordings.

    Args:
        config: the values of its TrainingConfig.
        corpus: fingerprint of the recordings.
        step, failures: updates made, and those in a row that were not finite.
        seconds: of training so far, without pauses.
        best, latest: held-out evaluations, the first one of the network kept.
        curve: every look at the held-out sound.
        parts: tensors: "network", "average", "best", "optimizer" (none before the first step) and "random".
    """

    config: Mapping[str, Any]
    corpus: str
    step: int
    failures: int
    seconds: float
    best: Evaluation
    latest: Evaluation
    curve: tuple[Point, ...]
    parts: Mapping[str, State]

    def config_for(self, asked: TrainingConfig) -> TrainingConfig:
        """This training's own, with the budget and the device asked for now. Raises SettingsError."""
        now = {"minutes": asked.minutes, "epochs": asked.epochs, "device": asked.device}
        return TrainingConfig(**(dict(self.config) | now))


def save_training(state: TrainingState, path: Path) -> None:
    """Whole or not at all. Raises TrainingError."""
    values = {name: getattr(state, name) for name in ("corpus", "step", "failures", "seconds", "curve")}
    values |= {"kind": _KIND, "format_version": FORMAT_VERSION, "config": dict(state.config)}
    values |= {"best": asdict(state.best), "latest": asdict(state.latest)}
    write_state(path, values, state.parts)


def load_training(path: Path) -> TrainingState:
    """Raises TrainingError where it is missing, foreign, newer or damaged."""
    return read_state(path, lambda values: checked_progress(values, _KIND, FORMAT_VERSION), _state)


def _state(values: Values, parts: dict[str, State]) -> TrainingState:
    return TrainingState(
        config=dict(values["config"]),
        corpus=str(values["corpus"]),
        step=values["step"],
        failures=int(values["failures"]),
        seconds=float(values["seconds"]),
        best=Evaluation(**values["best"]),
        latest=Evaluation(**values["latest"]),
        curve=tuple(Point(float(seconds), float(error_db)) for seconds, error_db in values["curve"]),
        parts=parts,
    )


STATES = States(save_training, load_training)
