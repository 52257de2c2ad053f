"""How learning rate and weight of the KL go over a training of which a fraction 0 … 1 is done."""

import math

from distill_app.training.vae.config import TrainingConfig

_RISE_STEPS = 30
_LEAST = 0.02


def learning_rate(config: TrainingConfig, fraction: float, steps: int) -> float:
    """Linear rise over 30 steps, then a half cosine down to a fiftieth."""
    cosine = _LEAST + (1 - _LEAST) * (1 + math.cos(math.pi * fraction)) / 2
    return config.learning_rate * min(1.0, (steps + 1) / _RISE_STEPS) * cosine


def kl_weight(config: TrainingConfig, fraction: float) -> float:
    """A linear rise over the warm-up."""
    return config.beta * min(1.0, fraction / config.warm_up)
