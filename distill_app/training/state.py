"""Where a training of a model stands, as a file: what `--resume` goes on from."""

import tempfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from torch import Tensor

from distill_app.training.config import TrainingConfig
from distill_app.training.evaluation import Evaluation
from distill_app.training.plateau import Point
from distill_app.training.processes import Processes
from distill_app.training.state_file import State, States, Values, checked_progress, read_state, write_state

FORMAT_VERSION = 2
_KIND = "model-training"
_PLAIN = ("corpus", "step", "failures", "seconds", "curve", "stopped", "saved")
_SWEEPS = "sweeps"


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
        stopped: the hand has ended the learning, and the sliders of what it came to are to be found.
        saved: what it came to is a model by now: it can go on from here, but nothing was broken off.
        sweeps: what has been measured of them, `[points, descriptors]` each.
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
    stopped: bool = False
    saved: bool = False
    sweeps: tuple[Tensor, ...] = ()

    def asked_for_more(self, asked: TrainingConfig) -> bool:
        """Whether the budget is another one than it was."""
        return (asked.minutes, asked.epochs) != (self.config.get("minutes"), self.config.get("epochs"))

    def config_for(self, asked: TrainingConfig) -> TrainingConfig:
        """This training's own, with the budget and the device asked for now. Raises SettingsError."""
        now = {"minutes": asked.minutes, "epochs": asked.epochs, "device": asked.device}
        return TrainingConfig(**(dict(self.config) | now))


def save_training(state: TrainingState, path: Path) -> None:
    """Whole or not at all. Raises TrainingError."""
    values = {name: getattr(state, name) for name in _PLAIN}
    values |= {"kind": _KIND, "format_version": FORMAT_VERSION, "config": dict(state.config)}
    values |= {"best": asdict(state.best), "latest": asdict(state.latest)}
    sweeps = {str(number): sweep for number, sweep in enumerate(state.sweeps)}
    write_state(path, values, {**state.parts, _SWEEPS: sweeps})


def load_training(path: Path) -> TrainingState:
    """Raises TrainingError where it is missing, foreign, newer or damaged."""
    return read_state(path, lambda values: checked_progress(values, _KIND, FORMAT_VERSION), _state)


def shared_state(state: TrainingState | None, processes: Processes) -> TrainingState:
    """The first process's, in all of them; it alone gives one."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "state.safetensors")
        if state is not None:
            save_training(state, path)
        data = processes.sent(path.read_bytes() if processes.first else b"")
        if not processes.first:
            path.write_bytes(data)
        return load_training(path)


def _state(values: Values, parts: dict[str, State]) -> TrainingState:
    sweeps = parts.pop(_SWEEPS, {})
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
        stopped=bool(values.get("stopped", False)),
        saved=bool(values.get("saved", False)),
        sweeps=tuple(sweeps[str(number)] for number in range(len(sweeps))),
    )


STATES = States(save_training, load_training)
