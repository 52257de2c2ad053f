"""What a training tells: where it stands while it runs, and what it has come to."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from torch import Tensor

from distill_app.models.vae import VAE


class ValidationPoint(Protocol):
    """A look at held-out sound."""

    @property
    def error_db(self) -> float: ...


@dataclass(frozen=True)
class TrainingProgress:
    """Where a training stands.

    Args:
        epoch, step: completed; an epoch has seen each learned frame once on average.
        fraction: 0 … 1 of the budget.
        elapsed_seconds, remaining_seconds: of this training, the second one estimated.
        loss: nats per window, over the last steps.
        best: the held-out evaluation of the network kept so far.
        latest: the latest held-out evaluation.
        plateau: little is still being learned.
    """

    epoch: int
    step: int
    fraction: float
    elapsed_seconds: float
    remaining_seconds: float
    loss: float
    best: ValidationPoint
    latest: ValidationPoint
    plateau: bool = False


@dataclass(frozen=True, eq=False)
class TrainingResult:
    """The network kept, on the CPU in evaluation mode, the statistics of its z-score `[bands]`, and its record."""

    vae: VAE
    architecture: Mapping[str, Any]
    mean: Tensor
    std: Tensor
    record: dict[str, Any]
