"""The network that begins as the principal components of the corpus's windows.

A VAE whose encoder and decoder are linear has its optimum in closed form: probabilistic PCA (Tipping & Bishop 1999;
Lucas et al. 2019 for the VAE). So it is not searched for by descent, but computed from windows in seconds and then held
fast; what descent adds is a decoder for what the components leave, which begins as nothing.
"""

import math

import torch
from torch import Tensor, nn

from distill_app.models.vae_base import VAE, WINDOW_FRAMES, FrameBlock, Unpatchify

_PATCH_FRAMES = 8
_LOG_VARIANCE = -4.0
"""At first, relative to the prior's."""
_DEVIATION_MIN = 1e-3


class PcaVAE(VAE):
    """Coordinates of a z-scored window on orthonormal window patterns, in units of sound: prior N(0, deviation²).

    encode: (x − centre) · basisᵀ, with one learned log-variance for each dimension;
    decode: centre + z · basis + residual(z / deviation).

    Args:
        bands, latent: sizes.
        width: of the residual network.
    """

    fixed = frozenset({"basis", "centre", "deviation"})
    halved = frozenset({"basis"})

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
    def entry(self) -> nn.Linear:
        """Of the decoder for the rest."""
        first = self.decoder[0]
        assert isinstance(first, nn.Linear)
        return first

    @property
    def started(self) -> bool:
        return bool(self.basis.any())

    @torch.no_grad()
    def start(self, windows: Tensor, seed: int) -> None:
        """Takes the principal components of z-scored windows `[n, bands, frames]`, at least two, which are used up.

        By random projection and two power iterations (Halko et al. 2011). Directions beyond the windows' rank stay 0.
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
    def take_over(self, other: "PcaVAE") -> None:
        """The other one's decoder for the rest, so that it hears of a window what it heard of it there.

        That is exact for windows made of both networks' components; for the rest the nearest there is. Nothing where
        the decoders are of another width.
        """
        if other.width != self.width:
            return
        self.decoder[1:].load_state_dict(other.decoder[1:].state_dict())
        first, old = self.entry, other.entry
        scaled = old.weight / other.deviation
        first.weight.copy_(scaled @ (other.basis @ self.basis.T) * self.deviation)
        first.bias.copy_(old.bias + scaled @ (other.basis @ (self.centre - other.centre)))

    def check(self) -> None:
        if not (self.deviation > 0).all():
            raise ValueError("a deviation that is none")

    def encode(self, windows: Tensor) -> tuple[Tensor, Tensor]:
        mean = (windows.flatten(1) - self.centre) @ self.basis.T
        return mean, (self.log_variance.clamp(-10, 6) + 2 * self.deviation.log()).expand_as(mean)

    def decode(self, latents: Tensor) -> Tensor:
        patterns = (self.centre + latents @ self.basis).reshape(-1, *self._shape)
        return patterns + self.decoder(latents / self.deviation)

    def in_prior_units(self, mean: Tensor, log_variance: Tensor) -> tuple[Tensor, Tensor]:
        return mean / self.deviation, log_variance - 2 * self.deviation.log()


def _residual(bands: int, latent: int, width: int) -> nn.Sequential:
    """`[n, latent]` to `[n, bands, frames]`, 0 before its first step."""
    steps = WINDOW_FRAMES // (2 * _PATCH_FRAMES)
    last = nn.Conv1d(width, bands * _PATCH_FRAMES, 3, padding=1)
    for parameter in last.parameters():
        nn.init.zeros_(parameter)
    begin = [nn.Linear(latent, width * steps), nn.Unflatten(1, (width, steps))]
    return nn.Sequential(
        *begin, nn.ConvTranspose1d(width, width, 2, 2), FrameBlock(width), last, Unpatchify(_PATCH_FRAMES)
    )
