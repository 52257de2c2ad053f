"""Half precision of the tensors in a model file (IEEE 754 binary16)."""

import copy

import torch
from torch import Tensor

from distill_app.models.model import DistillModel
from distill_app.models.vae_base import VAE

_SHARE_MIN = 1e-20
"""−200 dB, for equal models."""


@torch.no_grad()
def rounded_network(vae: VAE) -> VAE:
    """Copy of a network with the values that a model file keeps of it."""
    copied = copy.deepcopy(vae)
    for name, tensor in copied.state_dict().items():
        if name in vae.half_precision_names():
            tensor.copy_(tensor.half())
    return copied


def rounding_db(model: DistillModel, rounded: DistillModel, windows: Tensor) -> float:
    """Level of the difference of two models' spectra, relative to those of the first, in dB.

    Args:
        windows: log-mels `[n, bands, WINDOW_FRAMES]`, encoded by the first and decoded by both.
    """
    latents = model.encode(windows)
    spectra, other = (each.decode(latents).double().exp() for each in (model, rounded))
    share = (spectra - other).square().sum() / spectra.square().sum()
    return float(10 * torch.log10(share.clamp_min(_SHARE_MIN)))
