"""Result of a VAE training."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from torch import Tensor

from distill_app.models.vae import VAE


@dataclass(frozen=True, eq=False)
class TrainingResult:
    """Best network, on the CPU in evaluation mode.

    Args:
        architecture: arguments of `build_vae`.
        mean, std: of its z-score, `[bands]`.
        record: of the training, for the model file.
    """

    vae: VAE
    architecture: Mapping[str, Any]
    mean: Tensor
    std: Tensor
    record: dict[str, Any]
