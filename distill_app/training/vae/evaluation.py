"""Reconstruction error of a network on validation windows."""

import math
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from distill_app.models.vae import VAE

_DB_PER_NAT = 20 / math.log(10)
_ACTIVE_VARIANCE = 0.01


@dataclass(frozen=True)
class Evaluation:
    """Measures on validation windows, encoded to their posterior mean and decoded.

    Args:
        error_db: mean absolute log-mel error in dB.
        r2: fraction of the variance around each band's mean that is reconstructed; 1 is perfect.
        kl_nats: mean KL of a window's posterior from the prior.
        active_dimensions: dimensions whose posterior mean has a variance over 0.01 of the prior's (Burda et al. 2016);
            None for a single window.
    """

    error_db: float
    r2: float
    kl_nats: float
    active_dimensions: int | None

    def to_record(self) -> dict[str, Any]:
        return {
            "held_out_error_db": round(self.error_db, 3),
            "held_out_r2": round(self.r2, 4),
            "kl_nats": round(self.kl_nats, 1),
            "active_dimensions": self.active_dimensions,
        }


@torch.inference_mode()
def evaluate(vae: VAE, windows: Tensor, std: Tensor) -> Evaluation:
    """Evaluation on z-scored windows `[n, bands, frames]`; `std` `[bands]` undoes the z-score."""
    means, log_variances, absolute, square = [], [], 0.0, 0.0
    for batch in torch.split(windows, 32):
        mean, log_variance = vae.encode(batch)
        error = vae.decode(mean) - batch
        absolute += float((error.abs() * std.to(error)[:, None]).sum())
        square += float(error.square().sum())
        means.append(mean)
        log_variances.append(log_variance)
    mean, log_variance = torch.cat(means), torch.cat(log_variances)
    kl = vae.kl_divergence(mean, log_variance).sum(1).mean()
    mean, _ = vae.to_prior_units(mean, log_variance)
    return Evaluation(
        error_db=_DB_PER_NAT * absolute / windows.numel(),
        r2=1 - square / max(_total_variance(windows), 1e-9),
        kl_nats=float(kl),
        active_dimensions=int((mean.var(0, correction=0) > _ACTIVE_VARIANCE).sum()) if len(mean) > 1 else None,
    )


@torch.no_grad()
def reconstruct_loudest(vae: VAE, windows: Tensor, mean: Tensor, std: Tensor) -> tuple[Tensor, Tensor]:
    """Log-mels `[bands, frames]` of the loudest of z-scored `windows` and of its reconstruction, on the CPU.

    Args:
        mean, std: `[bands]`, undo the z-score.
    """
    original = windows.cpu() * std[:, None] + mean[:, None]
    chosen = torch.logsumexp(2 * original, (1, 2)).argmax()
    latent, _ = vae.encode(windows[chosen][None])
    return original[chosen], vae.decode(latent)[0].cpu() * std[:, None] + mean[:, None]


def _total_variance(windows: Tensor) -> float:
    """Sum of squares around the mean of each band."""
    return float((windows - windows.mean((0, 2), keepdim=True)).square().sum())
