"""Published checkpoints: torch files, read as data alone, weight norm removed.

A torch file is a pickle, which can hold a program. Nothing but tensors in plain containers is ever read of it.
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
"""Names of direction and length (Salimans & Kingma 2016), as torch calls them and as it called them before."""
_UNREADABLE = (
    *(pickle.UnpicklingError, zipfile.BadZipFile, EOFError, OSError, struct.error),
    *(RuntimeError, ValueError, TypeError, AttributeError, LookupError, AssertionError, ArithmeticError, MemoryError),
)
"""What torch raises for files that are damaged or hostile."""


@dataclass(frozen=True, eq=False)
class StoredWeight:
    """A tensor as the file has it: plain, or split into direction and length."""

    direction: Tensor
    length: Tensor | None = None

    @property
    def shape(self) -> Size:
        return self.direction.shape

    def plain(self) -> Tensor:
        """In single precision and in memory of its own, weight norm removed."""
        if self.length is None:
            return self.direction.to(torch.float32, copy=True)
        direction, length = self.direction.double(), self.length.double()
        norm = torch.linalg.vector_norm(direction.flatten(1), dim=1).view_as(length)
        return (direction * (length / norm)).float()


def read_checkpoint(path: Path) -> dict[str, StoredWeight]:
    """The generator's tensors by their plain names; large files are mapped, not read.

    Raises VocoderError where it is missing, too large, damaged, hostile or no generator.
    """
    zipped = _is_zipped(path)
    try:
        if zipped:
            check_records(path)
        loaded = _loaded(path, zipped)
    except _UNREADABLE as error:
        raise VocoderError(_refusal(path.name, str(error))) from error
    return _stored(_generator_state(loaded, path.name), path.name)


def _is_zipped(path: Path) -> bool:
    """Since torch 1.6, unless cut off at the very beginning."""
    try:
        with path.open("rb") as file:
            size, start = path.stat().st_size, file.read(len(_ZIP_START))
    except OSError as error:
        raise VocoderError(f"“{path.name}” cannot be opened: {error.strerror}.") from error
    if size > BYTES_MAX:
        raise VocoderError(f"“{path.name}” has {file_size(size)}, more than any generator; choose the generator alone.")
    return start == _ZIP_START


def _loaded(path: Path, mapped: bool) -> object:
    """Mapped where that can be: torch maps no file whose name is not Unicode."""
    if mapped and str(path) == replace_surrogates(str(path)):
        return torch.load(path, map_location="cpu", weights_only=True, mmap=True)
    with path.open("rb") as file:
        return torch.load(file, map_location="cpu", weights_only=True)


def _refusal(name: str, reason: str) -> str:
    if "GLOBAL" in reason or "reduce" in reason or "TorchScript" in reason:
        return (
            f"“{name}” asks for a program to be run, or is damaged: nothing of it was run; "
            "get the weights from their publisher."
        )
    return f"“{name}” is damaged or was cut off; get it again."


def _generator_state(loaded: object, name: str) -> Mapping[str, Tensor]:
    """Published as {"generator": tensors}, or as the tensors alone."""
    if isinstance(loaded, Mapping) and isinstance(loaded.get("generator"), Mapping):
        loaded = loaded["generator"]
    if isinstance(loaded, Mapping) and loaded and all(isinstance(value, Tensor) for value in loaded.values()):
        return loaded
    if isinstance(loaded, Mapping) and any(part in loaded for part in _TRAINING_PARTS):
        raise VocoderError(f"“{name}” is the state of a training (discriminators, optimisers), not a generator.")
    raise VocoderError(f"“{name}” holds no generator.")


def _stored(state: Mapping[str, Tensor], name: str) -> dict[str, StoredWeight]:
    if not all(isinstance(key, str) and _is_plain(tensor) for key, tensor in state.items()):
        raise VocoderError(f"“{name}” holds no generator: its tensors are of another kind.")
    lengths = {key for key in state if key.endswith(tuple(length for _, length in _NORMED))}
    weights = dict(_weight(key, state) for key in state if key not in lengths)
    if sum(weight.length is not None for weight in weights.values()) != len(lengths):
        raise VocoderError(f"“{name}” is damaged: weight norm has two tensors for each weight.")
    return weights


def _is_plain(tensor: Tensor) -> bool:
    """Real numbers, all of them there: a file can also hold sparse and nested tensors, and such without any numbers."""
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
