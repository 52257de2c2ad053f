"""Base class of the VAEs, and their 1-D layers."""

from torch import Tensor, nn


class VAE(nn.Module):
    """Encoder and decoder with a latent vector of length `latent` between them."""

    fixed_buffers: frozenset[str] = frozenset()
    """Names of buffers that stay constant once training has started."""
    half_precision_buffers: frozenset[str] = frozenset()
    """Names of fixed buffers whose values fit float16; checkpoints, and models of every format, store them so."""

    def __init__(self, latent: int, encoder: nn.Module, decoder: nn.Module) -> None:
        super().__init__()
        self.latent = latent
        self.encoder = encoder
        self.decoder = decoder

    def validate(self) -> None:
        """Check loaded values. Raises ValueError if they are finite but unusable."""

    def half_precision_names(self) -> frozenset[str]:
        """Names of the tensors that a model file of the newest format stores as float16."""
        return self.half_precision_buffers

    def encode(self, windows: Tensor) -> tuple[Tensor, Tensor]:
        """Posterior mean and log-variance, each `[n, latent]`, of z-scored windows `[n, bands, frames]`."""
        mean, log_variance = self.encoder(windows).chunk(2, dim=1)
        return mean, log_variance.clamp(-10, 6)

    def decode(self, latents: Tensor) -> Tensor:
        """Z-scored windows `[n, bands, frames]` of latents `[n, latent]`."""
        return self.decoder(latents)

    def to_prior_units(self, mean: Tensor, log_variance: Tensor) -> tuple[Tensor, Tensor]:
        """Posterior `[n, latent]` rescaled so that the prior is N(0, 1)."""
        return mean, log_variance

    def kl_divergence(self, mean: Tensor, log_variance: Tensor) -> Tensor:
        """KL divergence of the posterior from the prior in nats, `[n, latent]`."""
        mean, log_variance = self.to_prior_units(mean, log_variance)
        return (mean.square() + log_variance.exp() - 1 - log_variance) / 2


class ConvNextBlock1d(nn.Module):
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
