"""Checkpoint of a training as one safetensors file with a JSON header, written whole or not at all."""

import json
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, TypeVar

import torch
from torch import Tensor

from distill_app.common.atomic_io import write_error_message
from distill_app.common.errors import TrainingError
from distill_app.common.parsing import ParseError, parse_guard, parse_json
from distill_app.common.safetensors_io import read_metadata, read_tensors, write_tensors
from distill_app.common.typed_values import require_int, require_list, require_number
from distill_app.training.run.plateau import Point

State = dict[str, Tensor]
Values = Mapping[str, Any]
Result = TypeVar("Result")
StateT = TypeVar("StateT")


@dataclass(frozen=True)
class CheckpointCodec(Generic[StateT]):
    """Writer and reader of the checkpoints of one kind of training; both raise TrainingError."""

    save: Callable[[StateT, Path], None]
    load: Callable[[Path], StateT]


STEPS_MAX, SECONDS_MAX = 10**12, 10**12
_POINTS_MAX = 10**6
_MOMENTS = ("exp_avg", "exp_avg_sq")


def write_checkpoint(path: Path, values: Values, parts: Mapping[str, State]) -> None:
    """Writes the values of the header and the tensors of each part. Raises TrainingError."""
    tensors = {f"{part}/{name}": value for part, state in parts.items() for name, value in state.items()}
    try:
        write_tensors(path, tensors, json.dumps(dict(values)))
    except OSError as error:
        raise TrainingError(write_error_message(path, error)) from error


def read_checkpoint(
    path: Path, check: Callable[[Values], Values], build: Callable[[Values, dict[str, State]], Result]
) -> Result:
    """Result of `build` for the header, which `check` has validated, and the tensors of the parts.

    Raises TrainingError where the file is missing, foreign, newer or damaged; `check` and `build` may raise whatever
    `parse_guard` catches.
    """
    try:
        with parse_guard():
            values = check(parse_json(read_metadata(path), nulls=True))
            return build(values, _parts(read_tensors(path)))
    except FileNotFoundError as error:
        raise TrainingError(f"There is no training to go on with: “{path.name}” does not exist.") from error
    except OSError as error:
        raise TrainingError(f"“{path.name}” cannot be opened: {error.strerror}.") from error
    except ParseError as error:
        raise TrainingError(f"“{path.name}” is damaged or of another version; start anew without --resume.") from error


def check_header(values: Values, kind: str, version: int) -> Values:
    """Header of a training of this kind. Raises KeyError or ParseError."""
    if (values["kind"], require_int(values["format_version"], "format_version", 0, STEPS_MAX)) != (kind, version):
        raise ParseError("another kind of file")
    require_int(values["step"], "step", 0, STEPS_MAX)
    require_number(values["seconds"], "seconds", 0, SECONDS_MAX)
    return values


def parse_curve(values: Values) -> tuple[Point, ...]:
    """Validation errors of a header. Raises ParseError."""
    return tuple(_point(each) for each in require_list(values["curve"], "curve", _POINTS_MAX))


def _point(value: object) -> Point:
    seconds, error_db = require_list(value, "curve")
    return Point(require_number(seconds, "seconds", 0, SECONDS_MAX), parse_measurement(error_db, "error_db"))


def parse_measurement(value: object, name: str) -> float:
    """Measurement, NaN for null: a network that gives no sound has no finite one. Raises ParseError."""
    return math.nan if value is None else require_number(value, name)


def _parts(tensors: State) -> dict[str, State]:
    parts: dict[str, State] = {}
    for name, value in tensors.items():
        part, _, own = name.partition("/")
        parts.setdefault(part, {})[own] = value
    return parts


def optimizer_moments(optimizer: torch.optim.Optimizer) -> State:
    """Tensors of an optimiser by parameter number and name."""
    state: Mapping[int, Mapping[str, Any]] = optimizer.state_dict()["state"]
    return {f"{number}.{name}": value for number, values in state.items() for name, value in values.items()}


def restore_moments(optimizer: torch.optim.Optimizer, saved: State) -> None:
    """Loads the tensors of `optimizer_moments`. Raises KeyError or ValueError where they are of another network."""
    state: dict[int, dict[str, Tensor]] = {}
    for key, value in saved.items():
        number, _, name = key.partition(".")
        state.setdefault(int(number), {})[name] = value
    own = [parameter for group in optimizer.param_groups for parameter in group["params"]]
    if set(state) != set(range(len(own))) or not all(_fits(state[n], p) for n, p in enumerate(own)):
        raise ValueError("moments of another network")
    optimizer.load_state_dict({"state": state, "param_groups": optimizer.state_dict()["param_groups"]})


def _fits(state: Mapping[str, Tensor], parameter: Tensor) -> bool:
    moments_fit = all(
        state[name].shape == parameter.shape and state[name].dtype == parameter.dtype for name in _MOMENTS
    )
    return moments_fit and state["step"].shape == () and state["step"].dtype == torch.float32
