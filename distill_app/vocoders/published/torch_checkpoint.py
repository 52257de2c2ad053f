"""Reads published torch checkpoints as data only, and removes weight norm.

A torch file is a pickle, which can contain a program. Only tensors in plain containers are read.
"""

import pickle
import struct
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Size, Tensor

from distill_app.common.errors import VocoderError
from distill_app.common.parsing import replace_surrogates
from distill_app.common.units import file_size
from distill_app.vocoders.networks.state_loading import BYTES_MAX
from distill_app.vocoders.published.checkpoint_records import check_records

_TRAINING_PARTS = ("mpd", "msd", "mrd", "optim_g", "optim_d", "optimizer_states", "discriminator")
_ZIP_START = b"PK\3\4"
_DTYPES = (torch.float32, torch.float16, torch.bfloat16, torch.float64)
_NORMED = ((".weight_v", ".weight_g"), (".parametrizations.weight.original1", ".parametrizations.weight.original0"))
"""Suffixes of direction and length under weight norm (Salimans & Kingma 2016), in its old and its new form."""
_UNREADABLE = (
    *(pickle.UnpicklingError, zipfile.BadZipFile, EOFError, OSError, struct.error),
    *(RuntimeError, ValueError, TypeError, AttributeError, LookupError, AssertionError, ArithmeticError, MemoryError),
)
"""Errors that torch raises for damaged or hostile files."""


@dataclass(frozen=True, eq=False)
class StoredWeight:
    """A tensor of a checkpoint; under weight norm, its direction and length."""

    direction: Tensor
    length: Tensor | None = None

    @property
    def shape(self) -> Size:
        return self.direction.shape

    def merged(self) -> Tensor:
        """Copy in single precision, weight norm removed."""
        if self.length is None:
            return self.direction.to(torch.float32, copy=True)
        direction, length = self.direction.double(), self.length.double()
        norm = torch.linalg.vector_norm(direction.flatten(1), dim=1).view_as(length)
        return (direction * (length / norm)).float()


def read_checkpoint(path: Path) -> dict[str, StoredWeight]:
    """Tensors of a generator by their names without weight norm; large files are memory-mapped.

    Raises VocoderError where the file is missing, too large, damaged, hostile or no generator.
    """
    zipped = _is_zipped(path)
    try:
        if zipped:
            check_records(path)
        loaded = _load(path, zipped)
    except _UNREADABLE as error:
        raise VocoderError(_error_message(path.name, str(error))) from error
    return _weights(_generator_state(loaded, path.name), path.name)


def _is_zipped(path: Path) -> bool:
    """Whether the file has the zip format of torch 1.6 and later. Raises VocoderError where it is too large."""
    try:
        with path.open("rb") as file:
            size, start = path.stat().st_size, file.read(len(_ZIP_START))
    except OSError as error:
        raise VocoderError(f"“{path.name}” cannot be opened: {error.strerror}.") from error
    if size > BYTES_MAX:
        raise VocoderError(f"“{path.name}” has {file_size(size)}, more than any generator; choose the generator alone.")
    return start == _ZIP_START


def _load(path: Path, mapped: bool) -> object:
    """Content of the file, memory-mapped if possible: torch cannot map a file whose name is not Unicode."""
    if mapped and str(path) == replace_surrogates(str(path)):
        return torch.load(path, map_location="cpu", weights_only=True, mmap=True)
    with path.open("rb") as file:
        return torch.load(file, map_location="cpu", weights_only=True)


def _error_message(name: str, reason: str) -> str:
    if "GLOBAL" in reason or "reduce" in reason or "TorchScript" in reason:
        return (
            f"“{name}” asks for a program to be run, or is damaged: nothing of it was run; "
            "get the weights from their publisher."
        )
    return f"“{name}” is damaged or was cut off; get it again."


def _generator_state(loaded: object, name: str) -> Mapping[str, Tensor]:
    """Tensors of {"generator": tensors}, or of the tensors alone. Raises VocoderError for anything else."""
    if isinstance(loaded, Mapping) and isinstance(loaded.get("generator"), Mapping):
        loaded = loaded["generator"]
    if isinstance(loaded, Mapping) and loaded and all(isinstance(value, Tensor) for value in loaded.values()):
        return loaded
    if isinstance(loaded, Mapping) and any(part in loaded for part in _TRAINING_PARTS):
        raise VocoderError(f"“{name}” is the state of a training (discriminators, optimisers), not a generator.")
    raise VocoderError(f"“{name}” holds no generator.")


def _weights(state: Mapping[str, Tensor], name: str) -> dict[str, StoredWeight]:
    if not all(isinstance(key, str) and _is_dense_real(tensor) for key, tensor in state.items()):
        raise VocoderError(f"“{name}” holds no generator: its tensors are of another kind.")
    lengths = {key for key in state if key.endswith(tuple(length for _, length in _NORMED))}
    weights = dict(_weight(key, state) for key in state if key not in lengths)
    if sum(weight.length is not None for weight in weights.values()) != len(lengths):
        raise VocoderError(f"“{name}” is damaged: weight norm has two tensors for each weight.")
    return weights


def _is_dense_real(tensor: Tensor) -> bool:
    """Whether it is a dense tensor of real numbers; a file can also contain sparse, nested and meta tensors."""
    dense = tensor.layout == torch.strided and not tensor.is_nested and tensor.device.type == "cpu"
    return dense and tensor.dtype in _DTYPES


def _weight(key: str, state: Mapping[str, Tensor]) -> tuple[str, StoredWeight]:
    for direction, length in _NORMED:
        base = key.removesuffix(direction)
        if base != key and base + length in state and _is_length(state[base + length], state[key]):
            return f"{base}.weight", StoredWeight(state[key], state[base + length])
    return key, StoredWeight(state[key])


def _is_length(length: Tensor, direction: Tensor) -> bool:
    return direction.dim() > 1 and length.shape == (direction.shape[0], *[1] * (direction.dim() - 1))
