"""Slider-dependent gain that keeps sounds between unlike sounds from being softer than both."""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

_NATS_MAX = 3.5
"""30 dB."""


@dataclass(frozen=True, eq=False)
class GainCorrection:
    """Gain in nats as a quadratic form of the slider values.

    Args:
        matrix: symmetric `[1 + axes, 1 + axes]`, applied to (1, sliders).
        direction: `[latent]`, latent offset that makes a sound louder by one nat.
    """

    matrix: Tensor
    direction: Tensor

    def offset(self, sliders: Sequence[float]) -> Tensor:
        """Latent offset `[latent]` at these slider values, one per axis."""
        place = torch.tensor([1.0, *sliders])
        return (place @ self.matrix @ place).clamp(-_NATS_MAX, _NATS_MAX) * self.direction

    def with_sign(self, axis: int, sign: int) -> "GainCorrection":
        """Correction for a slider number `axis` that was multiplied by `sign`."""
        matrix = self.matrix.clone()
        matrix[axis + 1] *= sign
        matrix[:, axis + 1] *= sign
        return GainCorrection(matrix, self.direction)
