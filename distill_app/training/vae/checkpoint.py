"""Checkpoint file of a model training, read by `--resume`."""

import tempfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import torch

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
from distill_app.dsp.mel_format import DISTILL_MEL
from distill_app.models.vae import build_vae
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
"""Tensors of earlier versions, which measured sliders."""
_FAILURES_MAX = 10**6


@dataclass(frozen=True, eq=False)
class TrainingState:
    """State of a training without its recordings.

    Args:
        config: values of its TrainingConfig.
        corpus: fingerprint of the recordings.
        step, failures: updates made, and consecutive non-finite ones.
        seconds: training time without pauses.
        best, latest: evaluations; the first is that of the kept network.
        curve: all evaluations.
        parts: tensors of "network", "average", "best", "optimizer" (none before the first step) and "random".
        stopped: whether the user ended the training and only the sliders are left to be found.
        saved: whether the result is already saved as a model; the training can be resumed but was not interrupted.
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

    def has_new_budget(self, asked: TrainingConfig) -> bool:
        """Whether `asked` has another budget than this training."""
        return (asked.minutes, asked.epochs) != (self.config.get("minutes"), self.config.get("epochs"))

    def resumed_config(self, asked: TrainingConfig) -> TrainingConfig:
        """Config of this training with the budget and device of `asked`, and without grain if `asked` has none.

        Raises SettingsError.
        """
        now = {name: getattr(asked, name) for name in ("minutes", "epochs", "ends_early", "device")}
        silent = {} if asked.grain_minutes else {"grain_minutes": 0.0}
        return TrainingConfig(**(dict(self.config) | now | silent))


def save_training(state: TrainingState, path: Path) -> None:
    """Write a checkpoint atomically. Raises TrainingError."""
    values = {name: getattr(state, name) for name in _PLAIN}
    values |= {"kind": _KIND, "format_version": FORMAT_VERSION, "config": dict(state.config)}
    values |= {"best": asdict(state.best), "latest": asdict(state.latest)}
    write_checkpoint(path, values, state.parts)


def load_training(path: Path) -> TrainingState:
    """State from a file. Raises TrainingError if it is missing, foreign, newer or damaged."""
    return read_checkpoint(path, lambda values: check_header(values, _KIND, FORMAT_VERSION), _state)


def broadcast_state(state: TrainingState | None, processes: SingleProcess) -> TrainingState:
    """State of the main process, in all processes; only the main one passes a state."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "state.safetensors")
        if state is not None:
            save_training(state, path)
        data = processes.broadcast_bytes(path.read_bytes() if processes.is_main else b"")
        if not processes.is_main:
            path.write_bytes(data)
        return load_training(path)


def _state(values: Values, parts: dict[str, State]) -> TrainingState:
    parts.pop(_SWEEPS, None)
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
    )


def _config(values: Any) -> Mapping[str, Any]:
    """Checked values of a TrainingConfig. Raises ParseError."""
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
    """Evaluation with a finite error, because others are compared with it."""
    best = _evaluation(values)
    require_number(best.error_db, "error_db", 0)
    return best


def _evaluation(values: Any) -> Evaluation:
    values = require_object(values)
    figures = {name: parse_measurement(values[name], name) for name in ("error_db", "r2", "kl_nats")}
    return Evaluation(**figures, active_dimensions=get_int(values, "active_dimensions", 0, STEPS_MAX))


TRAINING_CODEC = CheckpointCodec(save_training, load_training)
