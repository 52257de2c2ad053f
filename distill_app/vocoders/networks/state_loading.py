"""Loads the tensors of a file into a network, after comparing names and shapes without allocating memory."""

from collections.abc import Mapping

import torch
from torch import Size, Tensor, nn

from distill_app.vocoders.networks import GeneratorConfig, build_generator

BYTES_MAX = 1024**3
"""Limit of a generator; the largest published one has 489 MB."""
_FLOAT_BYTES = 4


def meta_network(config: GeneratorConfig, shapes: Mapping[str, Size]) -> nn.Module:
    """Network on the meta device. Raises ValueError, naming the first tensor whose name or shape differs."""
    with torch.device("meta"):
        network = build_generator(config)
    wanted = {name: tensor.shape for name, tensor in network.state_dict().items()}
    _check_fit(wanted, shapes)
    if _FLOAT_BYTES * sum(shape.numel() for shape in wanted.values()) > BYTES_MAX:
        raise ValueError("it is larger than any vocoder")
    return network


def _check_fit(wanted: Mapping[str, Size], found: Mapping[str, Size]) -> None:
    for name, shape in wanted.items():
        if name not in found:
            raise ValueError(f"“{name}” ({_shape_text(shape)}) is missing")
        if found[name] != shape:
            raise ValueError(f"“{name}” is {_shape_text(found[name])} where {_shape_text(shape)} is wanted")
    for name in found:
        if name not in wanted:
            raise ValueError(f"“{name}” is not part of such a network")


def _shape_text(shape: Size) -> str:
    return "×".join(map(str, shape)) or "one number"


def load_tensors(network: nn.Module, tensors: Mapping[str, Tensor]) -> nn.Module:
    """Network with those tensors, in eval mode. Raises ValueError where a value is not finite."""
    for name, tensor in tensors.items():
        if not tensor.isfinite().all():
            raise ValueError(f"“{name}” has numbers that are not finite")
    network.load_state_dict(tensors, strict=True, assign=True)
    return network.eval().requires_grad_(False)
