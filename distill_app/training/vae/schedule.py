"""Schedules of learning rate and KL weight over the fraction 0 … 1 of a training."""

import math

from distill_app.training.vae.config import TrainingConfig

_WARM_UP_STEPS = 30
_FINAL_FRACTION = 0.02


def learning_rate(config: TrainingConfig, fraction: float, steps: int) -> float:
    """Linear warm-up over 30 steps, then a half cosine down to a fiftieth."""
    cosine = _FINAL_FRACTION + (1 - _FINAL_FRACTION) * (1 + math.cos(math.pi * fraction)) / 2
    return config.learning_rate * min(1.0, (steps + 1) / _WARM_UP_STEPS) * cosine


def kl_weight(config: TrainingConfig, fraction: float) -> float:
    """Linear rise to β over the warm-up."""
    return config.beta * min(1.0, fraction / config.warm_up)
