"""safetensors files with a JSON header of ours, read with suspicion, written whole or not at all; torch comes late."""

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING

from distill_app.atomic import atomic_path

if TYPE_CHECKING:
    from torch import Tensor

METADATA_KEY = "distill"
_HEADER_LIMIT = 16 * 1024 * 1024


def read_metadata(path: Path) -> str:
    """The JSON text of our header, without reading tensors.

    Raises OSError where the file cannot be opened and ValueError where it is foreign or cut off.
    """
    with open(path, "rb") as file:
        size = int.from_bytes(file.read(8), "little")
        if not 2 <= size <= min(_HEADER_LIMIT, os.fstat(file.fileno()).st_size - 8):
            raise ValueError("not a safetensors file, or cut off")
        try:
            text = json.loads(file.read(size))["__metadata__"][METADATA_KEY]
        except (KeyError, TypeError, RecursionError) as error:
            raise ValueError("no header of ours") from error
    if not isinstance(text, str):
        raise ValueError("no header of ours")
    return text


def read_tensors(path: Path, unchecked: str | None = None) -> "dict[str, Tensor]":
    """All tensors, as copies in memory.

    Args:
        unchecked: names that begin so are somebody else's to look at.

    Raises OSError, SafetensorError, or ValueError where a number is not finite.
    """
    import torch
    from safetensors import safe_open

    with safe_open(path, framework="pt") as file:
        # Copies: what safetensors gives is mapped from the file and would change if that is written over in place.
        tensors = {name: file.get_tensor(name).clone() for name in file.keys()}  # noqa: SIM118 - not a dict
    own = [tensor for name, tensor in tensors.items() if unchecked is None or not name.startswith(unchecked)]
    if not all(torch.isfinite(tensor).all() for tensor in own):
        raise ValueError("numbers that are not finite")
    return tensors


def write_tensors(path: Path, tensors: "dict[str, Tensor]", metadata: str) -> None:
    """Raises OSError, and leaves what was there, where the file cannot be written."""
    from safetensors.torch import save

    plain = {name: tensor.detach().cpu().contiguous() for name, tensor in tensors.items()}
    with atomic_path(path) as temporary:
        # Not `save_file`, which tells the system's errors as texts only.
        temporary.write_bytes(save(plain, {METADATA_KEY: metadata}))
