"""All of a training that `--resume` needs, in one safetensors file: networks, average, moments and the step.

Batches and learning rate depend on the step alone, so that there is no random state to keep.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from torch import Tensor

from distill_app.atomic import not_written
from distill_app.errors import TrainingError
from distill_app.tensor_file import read_metadata, read_tensors, write_tensors
from distill_app.vocoders.networks.config import GeneratorConfig, config_from_dict

FORMAT_VERSION = 1
_KIND = "vocoder-training"
_STEPS_MAX, _SECONDS_MAX = 10**12, 10**12
_MOMENTS = ("exp_avg", "exp_avg_sq")
State = dict[str, Tensor]


@dataclass(frozen=True, eq=False)
class Checkpoint:
    """Where a training stands.

    Args:
        generator: the network trained.
        step: steps done.
        seconds: of training so far.
        parts: tensors of each part: "generator", "average", "optimizer", and the discriminators'.
    """

    generator: GeneratorConfig
    step: int
    seconds: float
    parts: Mapping[str, State]


def checkpoint_path(out: Path) -> Path:
    """Beside the weights."""
    return out.with_name(f"{out.stem}.checkpoint.safetensors")


def save_checkpoint(checkpoint: Checkpoint, path: Path) -> None:
    """Whole or not at all. Raises TrainingError."""
    values = {"kind": _KIND, "format_version": FORMAT_VERSION, "generator": checkpoint.generator.to_dict()}
    values |= {"step": checkpoint.step, "seconds": checkpoint.seconds}
    tensors = {f"{part}/{name}": value for part, state in checkpoint.parts.items() for name, value in state.items()}
    try:
        write_tensors(path, tensors, json.dumps(values))
    except OSError as error:
        raise TrainingError(not_written(path, error)) from error


def load_checkpoint(path: Path) -> Checkpoint:
    """Raises TrainingError where it is missing, foreign, newer or damaged."""
    try:
        return _checkpoint(json.loads(read_metadata(path)), path)
    except FileNotFoundError as error:
        raise TrainingError(f"There is no training to go on with: “{path.name}” does not exist.") from error
    except OSError as error:
        raise TrainingError(f"“{path.name}” cannot be opened: {error.strerror}.") from error
    except (SafetensorError, ValueError, KeyError, TypeError, AttributeError, RuntimeError) as error:
        raise TrainingError(f"“{path.name}” is damaged or of another version; start anew without --resume.") from error


def _checkpoint(values: Mapping[str, Any], path: Path) -> Checkpoint:
    if (values["kind"], values["format_version"]) != (_KIND, FORMAT_VERSION):
        raise ValueError("another kind of file")
    step, seconds = values["step"], values["seconds"]
    if type(step) is not int or not (0 <= step <= _STEPS_MAX and 0 <= seconds <= _SECONDS_MAX):
        raise ValueError("no training has come there")
    generator = config_from_dict(values["generator"])
    return Checkpoint(generator, step, float(seconds), _parts(read_tensors(path)))


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
    return state["step"].shape == () and all(state[name].shape == parameter.shape for name in _MOMENTS)
