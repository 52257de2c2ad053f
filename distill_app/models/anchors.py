"""What the sliders cannot say of a sound, taken from the corpus's own sounds that stand where the sliders do."""

from dataclasses import dataclass

import torch
from torch import Tensor

ANCHORS_MAX = 256
_WIDTH = 0.4
"""Deviation of the kernel in half ranges of a slider. Narrower ones follow the recordings more closely and move in
steps; wider ones come to the mean of unlike sounds, which is duller than any of them (measured: docs/architectures.md).
"""
_LEVEL_NARROWER = 2.0
_SHARE_MIN = 1e-30


@dataclass(frozen=True, eq=False)
class Anchors:
    """Windows of the corpus.

    Args:
        coordinates: `[n, axes]`, where they stand on the axes.
        rests: `[n, latent]`, what of their latents no axis moves.
        levels: `[n]`, of the windows in nats (`distill_app.models.loudness.window_levels`); None where not known.
    """

    coordinates: Tensor
    rests: Tensor
    levels: Tensor | None = None

    def __post_init__(self) -> None:
        if len(self.coordinates) != len(self.rests) or not 0 < len(self.rests) <= ANCHORS_MAX:
            raise ValueError("one rest for each anchor, and not too many")
        if self.levels is not None and len(self.levels) != len(self.rests):
            raise ValueError("one level for each anchor")

    def shares(self, coordinates: Tensor, halves: Tensor) -> Tensor:
        """How much of each anchor `[n]` there is at a place `[axes]`: a Gaussian kernel (Nadaraya 1964; Watson 1964).

        Args:
            halves: `[axes]`, half the range of each slider.
        """
        squares = ((self.coordinates - coordinates) / halves).square().sum(1)
        return torch.softmax(squares / (-2 * _WIDTH**2), 0)

    def level(self, coordinates: Tensor, halves: Tensor) -> Tensor | None:
        """Level of the anchors at a place `[axes]`, in nats; None where not known.

        Weighted by a kernel so narrow that an anchor which stands there keeps its own. The mean amplitude: silence
        between sounds makes them no softer than it has a share in them.
        """
        if self.levels is None:
            return None
        shares = self.shares(coordinates, halves / _LEVEL_NARROWER)
        return torch.logsumexp(shares.clamp_min(_SHARE_MIN).log() + self.levels, 0)

    def turned(self, axis: int, sign: int) -> "Anchors":
        """The same where the direction of axis number `axis` has been multiplied by `sign`."""
        coordinates = self.coordinates.clone()
        coordinates[:, axis] *= sign
        return Anchors(coordinates, self.rests, self.levels)
