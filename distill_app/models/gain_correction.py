"""A gain for every place of the sliders, so that a sound between unlike sounds is not softer than both."""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

_NATS_MAX = 3.5
"""30 dB."""


@dataclass(frozen=True, eq=False)
class GainCorrection:
    """A quadratic form of the slider values.

    Args:
        form: symmetric `[1 + axes, 1 + axes]`: nats at (1, sliders).
        gain: `[latent]`, what makes a sound louder by one nat.
    """

    form: Tensor
    gain: Tensor

    def offset(self, sliders: Sequence[float]) -> Tensor:
        """`[latent]`, to be added at these values, one for each axis."""
        place = torch.tensor([1.0, *sliders])
        return (place @ self.form @ place).clamp(-_NATS_MAX, _NATS_MAX) * self.gain

    def turned(self, axis: int, sign: int) -> "GainCorrection":
        """The same where slider number `axis` has been multiplied by `sign`."""
        form = self.form.clone()
        form[axis + 1] *= sign
        form[:, axis + 1] *= sign
        return GainCorrection(form, self.gain)
