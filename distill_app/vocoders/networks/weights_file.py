"""Trained generators as safetensors files: tensors and a JSON header, never a pickle."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from distill_app.common.atomic_io import write_error_message
from distill_app.common.errors import VocoderError
from distill_app.common.parsing import ParseError, parse_guard, parse_json
from distill_app.common.safetensors_io import read_metadata, read_tensors, write_tensors
from distill_app.common.typed_values import require_object
from distill_app.vocoders.networks import GeneratorConfig
from distill_app.vocoders.networks.config import config_from_dict
from distill_app.vocoders.networks.hifigan import state_without_weight_norm
from distill_app.vocoders.networks.state_loading import BYTES_MAX, load_tensors, meta_network

FORMAT_VERSION = 1
SUFFIX = ".safetensors"
_KIND = "vocoder"
_DTYPES = (torch.float32, torch.float16)


@dataclass(frozen=True)
class WeightsHeader:
    """Header of a weights file.

    Args:
        config: the network.
        training: record of its training: data, steps, hours, date, losses.
    """

    config: GeneratorConfig
    training: Mapping[str, Any] = field(default_factory=dict)


def save_generator(generator: nn.Module, header: WeightsHeader, path: Path, half: bool = False) -> None:
    """Write a weights file atomically, weight norm removed.

    Args:
        half: round to half precision, which halves the file.

    Raises VocoderError where it cannot be written or a value is not finite.
    """
    tensors = stored_state(generator, half)
    if not all(torch.isfinite(tensor).all() for tensor in tensors.values()):
        raise VocoderError(f"“{path.name}” was not written: the weights are not finite numbers.")
    values = {"kind": _KIND, "format_version": FORMAT_VERSION}
    values |= {"config": header.config.to_dict(), "training": dict(header.training)}
    try:
        write_tensors(path, tensors, json.dumps(values))
    except OSError as error:
        raise VocoderError(write_error_message(path, error)) from error


def stored_state(generator: nn.Module, half: bool) -> dict[str, Tensor]:
    """Tensors to store: weight norm removed, in half precision if `half`."""
    return {name: _stored(tensor, half) for name, tensor in state_without_weight_norm(generator).items()}


def _stored(tensor: Tensor, half: bool) -> Tensor:
    return tensor.half() if half and tensor.dtype == torch.float32 else tensor


def read_weights_header(path: Path) -> WeightsHeader:
    """Header of a weights file, without its tensors. Raises VocoderError."""
    try:
        values = parse_json(read_metadata(path), nulls=True)
    except OSError as error:
        raise VocoderError(f"“{path.name}” cannot be opened: {error.strerror}.") from error
    except ParseError as error:
        raise VocoderError(f"“{path.name}” holds no vocoder of Distill's, or it was cut off.") from error
    if values.get("kind") != _KIND:
        raise VocoderError(f"“{path.name}” holds no vocoder of Distill's.")
    if values.get("format_version") != FORMAT_VERSION:
        raise VocoderError(f"“{path.name}” was made by another version of Distill; update the app to use it.")
    return _header(values, path.name)


def _header(values: Mapping[str, Any], source: str) -> WeightsHeader:
    try:
        with parse_guard():
            return WeightsHeader(config_from_dict(values["config"]), require_object(values["training"]))
    except ParseError as error:
        raise VocoderError(f"“{source}” is damaged: its header is incomplete.") from error


def load_generator(path: Path) -> tuple[nn.Module, WeightsHeader]:
    """Network of a weights file in single precision and eval mode, and its header.

    Shapes and values are checked before it is built. Raises VocoderError where the file is missing, of another kind,
    newer, damaged or hostile.
    """
    header = read_weights_header(path)
    try:
        if path.stat().st_size > BYTES_MAX:
            raise ParseError("larger than any vocoder")
        with parse_guard():
            return network_from_state(header.config, read_tensors(path)), header
    except OSError as error:
        raise VocoderError(f"“{path.name}” cannot be opened: {error.strerror}.") from error
    except ParseError as error:
        raise VocoderError(f"“{path.name}” is damaged and cannot be used.") from error


def network_from_state(config: GeneratorConfig, state: Mapping[str, Tensor]) -> nn.Module:
    """Network in single precision and eval mode with the tensors of `stored_state`.

    Raises ValueError where they do not fit the config.
    """
    if not all(tensor.dtype in _DTYPES for tensor in state.values()):
        raise ValueError("weights of another kind")
    network = meta_network(config, {name: tensor.shape for name, tensor in state.items()})
    return load_tensors(network, {name: tensor.float() for name, tensor in state.items()})
