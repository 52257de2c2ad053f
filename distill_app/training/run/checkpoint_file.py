"""Where a training stands, in one safetensors file with a JSON header: never a pickle, whole or not at all."""

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
Found = TypeVar("Found")
StateT = TypeVar("StateT")


@dataclass(frozen=True)
class CheckpointCodec(Generic[StateT]):
    """How one kind of training is written down and read; both raise TrainingError."""

    save: Callable[[StateT, Path], None]
    load: Callable[[Path], StateT]


STEPS_MAX, SECONDS_MAX = 10**12, 10**12
_LOOKS_MAX = 10**6
_MOMENTS = ("exp_avg", "exp_avg_sq")


def write_state(path: Path, values: Values, parts: Mapping[str, State]) -> None:
    """Values for the header, and the tensors of each part. Raises TrainingError."""
    tensors = {f"{part}/{name}": value for part, state in parts.items() for name, value in state.items()}
    try:
        write_tensors(path, tensors, json.dumps(dict(values)))
    except OSError as error:
        raise TrainingError(write_error_message(path, error)) from error


def read_state(
    path: Path, check: Callable[[Values], Values], build: Callable[[Values, dict[str, State]], Found]
) -> Found:
    """What `build` makes of the header, once `check` has found it sound, and of the parts.

    Raises TrainingError where the file is missing, foreign, newer or damaged, which both may say by whatever
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


def checked_progress(values: Values, kind: str, version: int) -> Values:
    """The header of a training of this kind. Raises KeyError or ParseError."""
    if (values["kind"], require_int(values["format_version"], "format_version", 0, STEPS_MAX)) != (kind, version):
        raise ParseError("another kind of file")
    require_int(values["step"], "step", 0, STEPS_MAX)
    require_number(values["seconds"], "seconds", 0, SECONDS_MAX)
    return values


def curve_from(values: Values) -> tuple[Point, ...]:
    """The looks at held-out sound. Raises ParseError where they are none."""
    return tuple(_point(each) for each in require_list(values["curve"], "curve", _LOOKS_MAX))


def _point(value: object) -> Point:
    seconds, error_db = require_list(value, "curve")
    return Point(require_number(seconds, "seconds", 0, SECONDS_MAX), figure(error_db, "error_db"))


def figure(value: object, name: str) -> float:
    """A measurement, which is not finite where a network gave no sound: JSON has null for that. Raises ParseError."""
    return math.nan if value is None else require_number(value, name)


def _parts(tensors: State) -> dict[str, State]:
    parts: dict[str, State] = {}
    for name, value in tensors.items():
        part, _, own = name.partition("/")
        parts.setdefault(part, {})[own] = value
    return parts


def moments(optimizer: torch.optim.Optimizer) -> State:
    """The optimiser's tensors by parameter number and name."""
    state: Mapping[int, Mapping[str, Any]] = optimizer.state_dict()["state"]
    return {f"{number}.{name}": value for number, values in state.items() for name, value in values.items()}


def restore_moments(optimizer: torch.optim.Optimizer, saved: State) -> None:
    """Raises KeyError or ValueError where they are not those of an AdamW of this network."""
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
