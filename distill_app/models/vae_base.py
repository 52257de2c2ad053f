"""What the networks of the instrument have in common: a pair of networks, and layers over frames."""

from torch import Tensor, nn

from distill_app.models.window import WINDOW_FRAMES as WINDOW_FRAMES


class VAE(nn.Module):
    """A pair of networks; `latent` is the length of the vector between them."""

    fixed: frozenset[str] = frozenset()
    """Names of buffers that no step of a training changes once it has started."""
    halved: frozenset[str] = frozenset()
    """Those of them that hold no more than float16 can, and are kept so in files."""

    def __init__(self, latent: int, encoder: nn.Module, decoder: nn.Module) -> None:
        super().__init__()
        self.latent = latent
        self.encoder = encoder
        self.decoder = decoder

    def check(self) -> None:
        """Raises ValueError where its finite numbers can be no network's."""

    def encode(self, windows: Tensor) -> tuple[Tensor, Tensor]:
        """Posterior mean and log-variance, each `[n, latent]`, of z-scored windows `[n, bands, frames]`."""
        mean, log_variance = self.encoder(windows).chunk(2, dim=1)
        return mean, log_variance.clamp(-10, 6)

    def decode(self, latents: Tensor) -> Tensor:
        """Z-scored windows `[n, bands, frames]` of latents `[n, latent]`."""
        return self.decoder(latents)

    def in_prior_units(self, mean: Tensor, log_variance: Tensor) -> tuple[Tensor, Tensor]:
        """A posterior `[n, latent]` seen from the prior, which then is N(0, 1)."""
        return mean, log_variance

    def divergence(self, mean: Tensor, log_variance: Tensor) -> Tensor:
        """KL of a posterior from the prior in nats, `[n, latent]`."""
        mean, log_variance = self.in_prior_units(mean, log_variance)
        return (mean.square() + log_variance.exp() - 1 - log_variance) / 2


class FrameBlock(nn.Module):
    """ConvNeXt block over frames (Liu et al. 2022, in one dimension)."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.depthwise = nn.Conv1d(width, width, 7, padding=3, groups=width)
        self.norm = nn.GroupNorm(1, width)
        self.up = nn.Conv1d(width, 2 * width, 1)
        self.down = nn.Conv1d(2 * width, width, 1)

    def forward(self, x: Tensor) -> Tensor:
        return x + self.down(nn.functional.gelu(self.up(self.norm(self.depthwise(x)))))


class Unpatchify(nn.Module):
    """`[n, bands * stride, t]` to `[n, bands, t * stride]`: each column holds `stride` frames."""

    def __init__(self, stride: int) -> None:
        super().__init__()
        self.stride = stride

    def forward(self, x: Tensor) -> Tensor:
        n, columns, t = x.shape
        patches = x.reshape(n, columns // self.stride, self.stride, t)
        return patches.transpose(2, 3).reshape(n, -1, t * self.stride)
