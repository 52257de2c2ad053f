"""A hit decays as a window of the model does, without a change of its mean power."""

import torch
from torch import Tensor

from distill_app.grain.shaping import decay_gains
from distill_app.grain.targets import mean_power


def falling_hit(fall: float) -> Tensor:
    """Log-mel `[128, 60]` that falls by `fall` nepers a frame after an attack."""
    return (torch.linspace(-1, 1, 128)[:, None] - fall * (torch.arange(60) - 3).abs()).clamp_min(-11)


def test_a_hit_that_decays_otherwise_keeps_its_mean_power() -> None:
    known = falling_hit(0.05)
    gains = decay_gains(falling_hit(0.15), known)
    assert float(gains.amax(1).min()) > 0.2
    torch.testing.assert_close(mean_power(known + gains), mean_power(known), atol=0.02, rtol=0)


def test_decays_that_are_alike_stay_as_recorded() -> None:
    assert not decay_gains(falling_hit(0.1), falling_hit(0.1) + 0.2 * (torch.arange(60) > 20)).any()
