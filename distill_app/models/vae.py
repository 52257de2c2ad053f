"""The variational autoencoder over windows of log-mel frames."""

from typing import Any

import torch
from torch import Tensor, nn

WINDOW_FRAMES = 128
"""Frames of one window: 1.49 s at 44.1 kHz and hop 512."""


class VAE(nn.Module):
    """A pair of networks; `latent` is the length of the vector between them."""

    def __init__(self, latent: int, encoder: nn.Module, decoder: nn.Module) -> None:
        super().__init__()
        self.latent = latent
        self.encoder = encoder
        self.decoder = decoder

    def encode(self, windows: Tensor) -> tuple[Tensor, Tensor]:
        """Posterior mean and log-variance, each `[n, latent]`, of z-scored windows `[n, bands, frames]`."""
        mean, log_variance = self.encoder(windows).chunk(2, dim=1)
        return mean, log_variance.clamp(-10, 6)

    def decode(self, latents: Tensor) -> Tensor:
        """Z-scored windows `[n, bands, frames]` of latents `[n, latent]`."""
        return self.decoder(latents)


class _Block(nn.Module):
    """ConvNeXt block over frames (Liu et al. 2022, in one dimension)."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.depthwise = nn.Conv1d(width, width, 7, padding=3, groups=width)
        self.norm = nn.GroupNorm(1, width)
        self.up = nn.Conv1d(width, 2 * width, 1)
        self.down = nn.Conv1d(2 * width, width, 1)

    def forward(self, x: Tensor) -> Tensor:
        return x + self.down(nn.functional.gelu(self.up(self.norm(self.depthwise(x)))))


def _conv1d(bands: int, latent: int, width: int, blocks: int) -> VAE:
    """ConvNeXt-style network over frames: four halvings in time, then a vector."""
    steps = WINDOW_FRAMES // 16
    encoder: list[nn.Module] = [nn.Conv1d(bands, width, 7, padding=3)]
    decoder: list[nn.Module] = [nn.Linear(latent, width * steps), nn.Unflatten(1, (width, steps))]
    for _ in range(4):
        encoder += [*[_Block(width) for _ in range(blocks)], nn.Conv1d(width, width, 2, 2)]
        decoder += [nn.ConvTranspose1d(width, width, 2, 2), *[_Block(width) for _ in range(blocks)]]
    encoder += [nn.Flatten(), nn.Linear(width * steps, 2 * latent)]
    decoder += [nn.Conv1d(width, bands, 7, padding=3)]
    return VAE(latent, nn.Sequential(*encoder), nn.Sequential(*decoder))


def build_vae(bands: int, architecture: dict[str, Any]) -> VAE:
    """The network that a model file's header describes. Raises ValueError where it describes none."""
    match architecture:
        case {"name": "conv1d", "latent": int(latent), "width": int(width), "blocks": int(blocks), **rest} if not rest:
            if not (1 <= latent <= 1024 and 1 <= width <= 4096 and 0 <= blocks <= 16):
                raise ValueError("architecture out of range")
            return _conv1d(bands, latent, width, blocks)
    raise ValueError("unknown architecture")


@torch.no_grad()
def parameter_count(vae: VAE) -> int:
    return sum(parameter.numel() for parameter in vae.parameters())
