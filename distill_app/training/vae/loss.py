"""Training loss of the VAE.

Negative ELBO (Kingma & Welling 2014, β of Higgins et al. 2017), in nats per window, both terms summed over elements:

    sum over bands and frames of (x − x̂)² / 2  +  β · sum over dimensions of max(free bits, KL(q(z|x) ‖ prior))

where x is z-scored log-mel and the KL of a dimension is its mean over the batch (Kingma et al. 2016).
"""

import torch
from torch import Tensor

from distill_app.models.vae import VAE
from distill_app.training.run.autocast import mixed_precision
from distill_app.training.run.process_group import SingleProcess
from distill_app.training.vae.config import TrainingConfig


def negative_elbo(
    vae: VAE,
    windows: Tensor,
    kl_weight: float,
    config: TrainingConfig,
    random: torch.Generator,
    processes: SingleProcess,
) -> Tensor:
    """Negative ELBO of z-scored windows `[n, bands, frames]`, this process's shard of the batch.

    Noise is drawn for the whole batch, so that all processes keep the same random state.
    """
    with mixed_precision(config.device, config.precision):
        mean, log_variance = (values.float() for values in vae.encode(windows))
    noise_of_all = torch.randn(len(mean) * processes.world_size, mean.shape[1], generator=random)
    noise = processes.shard(noise_of_all).to(mean.device)
    with mixed_precision(config.device, config.precision):
        rebuilt = vae.decode(mean + torch.exp(log_variance / 2) * noise).float()
    error = (rebuilt - windows).square().sum((1, 2)).mean() / 2
    kl = vae.kl_divergence(mean, log_variance).mean(0)
    counted = processes.mean(kl) > config.free_bits
    return error + kl_weight * kl.where(counted, config.free_bits).sum()
