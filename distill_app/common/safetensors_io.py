"""Safetensors files with a JSON header, validated when read and written atomically. torch is imported when used."""

import os
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from distill_app.common.atomic_io import atomic_path
from distill_app.common.parsing import ParseError, parse_guard, parse_json, replace_surrogates
from distill_app.common.regular_files import open_regular
from distill_app.common.typed_values import get_list, require_object

if TYPE_CHECKING:
    from torch import Tensor

METADATA_KEY = "distill"
_HEADER_LIMIT = 16 * 1024 * 1024
_METADATA = "__metadata__"
_LENGTH_BYTES = 8
_HEADERS_KEPT = 32


def read_metadata(path: Path) -> str:
    """JSON text of our header; no tensor is read.

    Raises OSError if the file cannot be opened, ParseError if it is foreign or truncated.
    """
    return _metadata_text(*_read_header(path))


@lru_cache(_HEADERS_KEPT)
def _metadata_text(content: bytes, data_bytes: int) -> str:
    metadata = _parse_header(content, data_bytes).get(_METADATA)
    text = metadata.get(METADATA_KEY) if isinstance(metadata, dict) else None
    if not isinstance(text, str):
        raise ParseError("no header of ours")
    return text


def tensor_shapes(path: Path) -> dict[str, tuple[int, ...]]:
    """Shapes of all tensors by name; no tensor is read.

    Raises OSError if the file cannot be opened, ParseError if it is foreign or truncated.
    """
    header = _parse_header(*_read_header(path))
    with parse_guard():
        return {name: tuple(get_list(entry, "shape")) for name, entry in _entries(header).items()}


def _entries(header: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    """Description of each tensor in a safetensors header, by name."""
    return {name: require_object(entry) for name, entry in header.items() if name != _METADATA}


def _read_header(path: Path) -> tuple[bytes, int]:
    """JSON of a safetensors header, and the size of the data after it. Raises ParseError."""
    with open_regular(path) as file:
        size = int.from_bytes(file.read(_LENGTH_BYTES), "little")
        data_bytes = os.fstat(file.fileno()).st_size - _LENGTH_BYTES - size
        if not (2 <= size <= _HEADER_LIMIT and data_bytes >= 0):
            raise ParseError("not a safetensors file, or cut off")
        return file.read(size), data_bytes


def _parse_header(content: bytes, data_bytes: int) -> dict[str, Any]:
    """Safetensors header, checked against the size of the data. Raises ParseError."""
    header = parse_json(content, size_max=_HEADER_LIMIT)
    with parse_guard():
        ends = [get_list(entry, "data_offsets")[1] for entry in _entries(header).values()]
        if max(ends, default=0) != data_bytes:
            raise ParseError("it was cut off, or something follows its tensors")
    return header


def read_tensors(path: Path, unchecked: tuple[str, ...] = ()) -> "dict[str, Tensor]":
    """All tensors, as copies in RAM.

    Args:
        unchecked: prefixes of names whose values the caller checks.

    Raises OSError, or ParseError if the file is damaged or a number is not finite.
    """
    import torch
    from safetensors import SafetensorError

    try:
        tensors = _tensors(path)
    except SafetensorError as error:
        raise ParseError(str(error)) from error
    own = [tensor for name, tensor in tensors.items() if not name.startswith(unchecked)]
    if not all(torch.isfinite(tensor).all() for tensor in own):
        raise ParseError("numbers that are not finite")
    return tensors


def _tensors(path: Path) -> "dict[str, Tensor]":
    from safetensors import safe_open
    from safetensors.torch import load

    if str(path) != replace_surrogates(str(path)):  # safetensors opens no name that is not Unicode
        return load(path.read_bytes())
    with safe_open(path, framework="pt") as file:
        # Copies, because safetensors maps the file, which may be overwritten in place.
        return {name: file.get_tensor(name).clone() for name in file.keys()}  # noqa: SIM118 - not a dict


def write_tensors(path: Path, tensors: "dict[str, Tensor]", metadata: str) -> None:
    """Write tensors and our header atomically. Raises OSError and keeps the old file if it cannot be written."""
    from safetensors.torch import save

    plain = {name: tensor.detach().cpu().contiguous() for name, tensor in tensors.items()}
    with atomic_path(path) as temporary:
        # Not `save_file`, which reports system errors as text only.
        temporary.write_bytes(save(plain, {METADATA_KEY: metadata}))
