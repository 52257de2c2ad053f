"""VAE architectures over windows of log-mel frames, by the names used in model files."""

import itertools
from collections.abc import Callable, Mapping
from typing import Any

import torch
from torch import nn

from distill_app.models.pca_vae import PcaVAE
from distill_app.models.vae_base import VAE, ConvNextBlock1d, Unpatchify
from distill_app.models.window import WINDOW_FRAMES


def _conv1d_vae(bands: int, latent: int, width: int, blocks: int, stride: int) -> VAE:
    """ConvNeXt-style 1-D network with 16 times fewer frames at the bottleneck.

    The first layer reads `stride` frames per step and the last writes as many, so most layers run on few columns.
    """
    steps = WINDOW_FRAMES // 16
    kernel, padding = (7, 3) if stride == 1 else (3 * stride, stride)
    encoder: list[nn.Module] = [nn.Conv1d(bands, width, kernel, stride, padding)]
    decoder: list[nn.Module] = [nn.Linear(latent, width * steps), nn.Unflatten(1, (width, steps))]
    for _ in range((16 // stride).bit_length() - 1):
        encoder += [*[ConvNextBlock1d(width) for _ in range(blocks)], nn.Conv1d(width, width, 2, 2)]
        decoder += [nn.ConvTranspose1d(width, width, 2, 2), *[ConvNextBlock1d(width) for _ in range(blocks)]]
    encoder += [ConvNextBlock1d(width), nn.Flatten(), nn.Linear(width * steps, 2 * latent)]
    decoder += [nn.Conv1d(width, bands * stride, 7 if stride == 1 else 3, padding="same"), Unpatchify(stride)]
    return VAE(latent, nn.Sequential(*encoder), nn.Sequential(*decoder))


def _conv2d_vae(bands: int, latent: int, width: int) -> VAE:
    """2-D network: four strided 3 × 3 convolutions of 1, 2, 4 and 8 times `width` channels."""
    channels = [1, width, 2 * width, 4 * width, 8 * width]
    rows, columns = -(-bands // 16), WINDOW_FRAMES // 16
    encoder: list[nn.Module] = [nn.Unflatten(1, (1, bands))]
    decoder: list[nn.Module] = []
    for inside, outside in itertools.pairwise(channels):
        encoder += [nn.Conv2d(inside, outside, 3, 2, padding=1), nn.BatchNorm2d(outside), nn.LeakyReLU(0.2)]
        decoder = [nn.ConvTranspose2d(outside, inside, 4, 2, padding=1), *_activation(inside), *decoder]
    size = channels[-1] * rows * columns
    encoder += [nn.Flatten(), nn.Linear(size, 2 * latent)]
    decoder = [nn.Linear(latent, size), nn.Unflatten(1, (channels[-1], rows, columns)), *decoder, nn.Flatten(1, 2)]
    return VAE(latent, nn.Sequential(*encoder), nn.Sequential(*decoder))


def _activation(channels: int) -> list[nn.Module]:
    """Normalization and activation; none after the last layer, because log-mel is unbounded."""
    return [] if channels == 1 else [nn.BatchNorm2d(channels), nn.LeakyReLU(0.2)]


_NETWORKS: dict[str, Callable[..., VAE]] = {"basis": PcaVAE, "conv1d": _conv1d_vae, "conv2d": _conv2d_vae}
_RANGES: dict[str, dict[str, tuple[int, int]]] = {
    "basis": {"latent": (1, 1024), "width": (1, 2048)},
    "conv1d": {"latent": (1, 1024), "width": (1, 2048), "blocks": (0, 16), "stride": (1, 16)},
    "conv2d": {"latent": (1, 1024), "width": (1, 64)},
}
_DEFAULTS: dict[str, dict[str, int]] = {"basis": {}, "conv1d": {"stride": 1}, "conv2d": {}}


def build_vae(bands: int, architecture: Mapping[str, Any]) -> VAE:
    """Network described by a model file's header. Raises ValueError if the description is invalid."""
    name = architecture.get("name")
    if not isinstance(name, str) or name not in _NETWORKS:
        raise ValueError("unknown architecture")
    sizes = _DEFAULTS[name] | {key: value for key, value in architecture.items() if key != "name"}
    ranges = _RANGES[name]
    if sizes.keys() != ranges.keys() or not all(_within(sizes[key], ranges[key]) for key in ranges):
        raise ValueError("architecture out of range")
    if sizes.get("stride", 1) & (sizes.get("stride", 1) - 1) or (name == "conv2d" and bands % 16):
        raise ValueError("architecture out of range")
    return _NETWORKS[name](bands, **sizes)


def _within(value: object, limits: tuple[int, int]) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and limits[0] <= value <= limits[1]


@torch.no_grad()
def parameter_count(vae: VAE) -> int:
    return sum(parameter.numel() for parameter in vae.parameters())


__all__ = ["VAE", "build_vae", "parameter_count"]
