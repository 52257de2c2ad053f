"""Budget of a training: how far it has come, and when it is evaluated."""

from collections.abc import Sequence
from dataclasses import dataclass

from distill_app.training.run.plateau import Point, is_settled
from distill_app.training.vae.config import TrainingConfig

_EVALUATIONS = 20
"""Evaluations of a training whose length is given in epochs."""


@dataclass(frozen=True)
class ModelBudget:
    """Budget in time or epochs.

    Args:
        epoch_steps: steps of an epoch.
    """

    config: TrainingConfig
    epoch_steps: int

    def fraction(self, steps: int, seconds: float, curve: Sequence[Point]) -> float:
        """Fraction done; 1 or more at the end, which may come early where the error hardly falls any more."""
        if self.config.epochs is not None:
            return steps / (self.config.epochs * self.epoch_steps)
        if self.config.minutes == 0 or (self.config.ends_early and is_settled(curve)):
            return 1.0
        return seconds / (self.config.minutes * 60)

    def is_evaluation_due(self, steps: int, seconds: float) -> bool:
        """Whether to evaluate `seconds` after the last evaluation."""
        if self.config.epochs is None:
            return seconds >= self.config.evaluation_seconds
        return steps % max(1, self.config.epochs * self.epoch_steps // _EVALUATIONS) == 0
