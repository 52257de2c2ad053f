"""VAE initialized with the principal components of the corpus's windows.

The optimum of a VAE with linear encoder and decoder is known in closed form: probabilistic PCA (Tipping & Bishop 1999;
Lucas et al. 2019 for the VAE). It is computed from windows in seconds and then frozen. Gradient descent trains a
residual decoder for what the components leave out; it starts at zero.
"""

import math

import torch
from torch import Tensor, nn

from distill_app.models.vae_base import VAE, ConvNextBlock1d, Unpatchify
from distill_app.models.window import WINDOW_FRAMES

_PATCH_FRAMES = 8
_LOG_VARIANCE = -4.0
"""Initial posterior log-variance, relative to the prior."""
_DEVIATION_MIN = 1e-3


class PcaVAE(VAE):
    """Coordinates of a z-scored window on orthonormal patterns, in z-score units: prior N(0, deviation²).

    encode: (x − centre) · basisᵀ, with one learned log-variance per dimension;
    decode: centre + z · basis + residual(z / deviation).

    Args:
        bands, latent: sizes.
        width: channels of the residual decoder.
    """

    fixed_buffers = frozenset({"basis", "centre", "deviation"})
    half_precision_buffers = frozenset({"basis"})

    basis: Tensor
    centre: Tensor
    deviation: Tensor
    decoder: nn.Sequential

    def __init__(self, bands: int, latent: int, width: int) -> None:
        super().__init__(latent, nn.Identity(), _residual(bands, latent, width))
        self._shape, self.width = (bands, WINDOW_FRAMES), width
        self.register_buffer("basis", torch.zeros(latent, bands * WINDOW_FRAMES))
        self.register_buffer("centre", torch.zeros(bands * WINDOW_FRAMES))
        self.register_buffer("deviation", torch.ones(latent))
        self.log_variance = nn.Parameter(torch.full((latent,), _LOG_VARIANCE))

    @property
    def input_layer(self) -> nn.Linear:
        """First layer of the residual decoder."""
        first = self.decoder[0]
        assert isinstance(first, nn.Linear)
        return first

    @property
    def initialized(self) -> bool:
        return bool(self.basis.any())

    @torch.no_grad()
    def initialize(self, windows: Tensor, seed: int) -> None:
        """Set the principal components of z-scored windows `[n, bands, frames]`, n ≥ 2; overwrites `windows`.

        Randomized PCA with two power iterations (Halko et al. 2011). Directions beyond the windows' rank are 0.
        """
        flat = windows.flatten(1)
        centre = flat.mean(0)
        flat -= centre
        count = min(self.latent, len(flat) - 1)
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            _, singular, directions = torch.pca_lowrank(flat, q=count, center=False, niter=2)
        self.centre.copy_(centre)
        self.basis.zero_()[:count] = directions.T.half()
        self.deviation.fill_(_DEVIATION_MIN)[:count] = (singular / math.sqrt(len(flat))).clamp_min(_DEVIATION_MIN)

    @torch.no_grad()
    def copy_decoder_from(self, other: "PcaVAE") -> None:
        """Copy the residual decoder of another network, expressed in this one's components.

        Exact for windows in the span of both bases, least squares otherwise. Does nothing if the widths differ.
        """
        if other.width != self.width:
            return
        self.decoder[1:].load_state_dict(other.decoder[1:].state_dict())
        first, old = self.input_layer, other.input_layer
        scaled = old.weight / other.deviation
        first.weight.copy_(scaled @ (other.basis @ self.basis.T) * self.deviation)
        first.bias.copy_(old.bias + scaled @ (other.basis @ (self.centre - other.centre)))

    def validate(self) -> None:
        if not (self.deviation > 0).all():
            raise ValueError("a deviation that is none")

    def half_precision_names(self) -> frozenset[str]:
        decoder = (name for name in self.state_dict() if name.startswith("decoder."))
        return self.half_precision_buffers | {"centre", *decoder}

    def encode(self, windows: Tensor) -> tuple[Tensor, Tensor]:
        mean = (windows.flatten(1) - self.centre) @ self.basis.T
        return mean, (self.log_variance.clamp(-10, 6) + 2 * self.deviation.log()).expand_as(mean)

    def decode(self, latents: Tensor) -> Tensor:
        patterns = (self.centre + latents @ self.basis).reshape(-1, *self._shape)
        return patterns + self.decoder(latents / self.deviation)

    def to_prior_units(self, mean: Tensor, log_variance: Tensor) -> tuple[Tensor, Tensor]:
        return mean / self.deviation, log_variance - 2 * self.deviation.log()


def _residual(bands: int, latent: int, width: int) -> nn.Sequential:
    """Residual decoder `[n, latent]` → `[n, bands, frames]` whose output is 0 before training."""
    steps = WINDOW_FRAMES // (2 * _PATCH_FRAMES)
    last = nn.Conv1d(width, bands * _PATCH_FRAMES, 3, padding=1)
    for parameter in last.parameters():
        nn.init.zeros_(parameter)
    begin = [nn.Linear(latent, width * steps), nn.Unflatten(1, (width, steps))]
    return nn.Sequential(
        *begin, nn.ConvTranspose1d(width, width, 2, 2), ConvNextBlock1d(width), last, Unpatchify(_PATCH_FRAMES)
    )
