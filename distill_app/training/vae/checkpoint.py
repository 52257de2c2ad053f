"""Where a training of a model stands, as a file: what `--resume` goes on from."""

import tempfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from distill_app.common.errors import SettingsError
from distill_app.common.parsing import ParseError
from distill_app.common.typed_values import (
    get_bool,
    get_int,
    get_text,
    require_int,
    require_like,
    require_number,
    require_object,
)
from distill_app.dsp.descriptors import DESCRIPTORS
from distill_app.dsp.mel_format import DISTILL_MEL
from distill_app.models.vae import build_vae
from distill_app.training.axes.analysis import SWEEP_POINTS
from distill_app.training.run.checkpoint_file import (
    STEPS_MAX,
    CheckpointCodec,
    State,
    Values,
    check_header,
    parse_curve,
    parse_measurement,
    read_checkpoint,
    write_checkpoint,
)
from distill_app.training.run.plateau import Point
from distill_app.training.run.process_group import SingleProcess
from distill_app.training.vae.config import TrainingConfig
from distill_app.training.vae.evaluation import Evaluation

FORMAT_VERSION = 2
_KIND = "model-training"
_PLAIN = ("corpus", "step", "failures", "seconds", "curve", "stopped", "saved")
_SWEEPS = "sweeps"
_FAILURES_MAX = 10**6


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
    write_checkpoint(path, values, {**state.parts, _SWEEPS: sweeps})


def load_training(path: Path) -> TrainingState:
    """Raises TrainingError where it is missing, foreign, newer or damaged."""
    return read_checkpoint(path, lambda values: check_header(values, _KIND, FORMAT_VERSION), _state)


def shared_state(state: TrainingState | None, processes: SingleProcess) -> TrainingState:
    """The first process's, in all of them; it alone gives one."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "state.safetensors")
        if state is not None:
            save_training(state, path)
        data = processes.broadcast_bytes(path.read_bytes() if processes.is_main else b"")
        if not processes.is_main:
            path.write_bytes(data)
        return load_training(path)


def _state(values: Values, parts: dict[str, State]) -> TrainingState:
    sweeps = parts.pop(_SWEEPS, {})
    return TrainingState(
        config=_config(values["config"]),
        corpus=get_text(values, "corpus"),
        step=values["step"],
        failures=require_int(values["failures"], "failures", 0, _FAILURES_MAX),
        seconds=float(values["seconds"]),
        best=_best(values["best"]),
        latest=_evaluation(values["latest"]),
        curve=parse_curve(values),
        parts=parts,
        stopped=get_bool(values, "stopped", default=False),
        saved=get_bool(values, "saved", default=False),
        sweeps=tuple(_sweep(sweeps[str(number)]) for number in range(len(sweeps))),
    )


def _config(values: Any) -> Mapping[str, Any]:
    """Values of a TrainingConfig. Raises ParseError where they are none."""
    defaults = TrainingConfig()
    config = {
        name: _config_value(name, value, getattr(defaults, name)) for name, value in require_object(values).items()
    }
    try:
        TrainingConfig(**config | {"device": "cpu"})
    except SettingsError as error:
        raise ParseError(str(error)) from error
    with torch.device("meta"):
        build_vae(DISTILL_MEL.bands, config["architecture"])
    return config


def _config_value(name: str, value: Any, default: Any) -> Any:
    if name == "epochs":
        return get_int({name: value}, name, 1, STEPS_MAX)
    return require_object(value) if isinstance(default, Mapping) else require_like(name, value, default)


def _best(values: Any) -> Evaluation:
    """One of a network that gave sounds, as others are compared with it."""
    best = _evaluation(values)
    require_number(best.error_db, "error_db", 0)
    return best


def _evaluation(values: Any) -> Evaluation:
    values = require_object(values)
    figures = {name: parse_measurement(values[name], name) for name in ("error_db", "r2", "kl_nats")}
    return Evaluation(**figures, active_dimensions=get_int(values, "active_dimensions", 0, STEPS_MAX))


def _sweep(values: Tensor) -> Tensor:
    if values.shape != (SWEEP_POINTS, len(DESCRIPTORS)) or values.dtype != torch.float64:
        raise ParseError("a slider was measured otherwise")
    return values


CODEC = CheckpointCodec(save_training, load_training)
