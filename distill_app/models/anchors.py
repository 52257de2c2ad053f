"""What the sliders cannot say of a sound, taken from the corpus's own sounds that stand where the sliders do."""

from dataclasses import dataclass, replace

import torch
from torch import Tensor

ANCHORS_MAX = 256
_WIDTH = 0.4
"""Deviation of the kernel in half ranges of a slider. Narrower ones follow the recordings more closely and move in
steps; wider ones come to the mean of unlike sounds, which is duller than any of them (measured: docs/architectures.md).
"""
_LEVEL_NARROWER = 4.0
_NEAR = 0.1
"""In half ranges of the narrower kernel: within this of an anchor its level is hardly that of its neighbours, too."""
_ROUNDS = 100


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
        return torch.logsumexp(self._level_shares(coordinates, halves) + self.levels, 0)

    def levelled(self, places: Tensor, wanted: Tensor, halves: Tensor) -> "Anchors":
        """Anchors whose `level` at places `[n, axes]` comes close to the wanted ones `[n]`, in nats.

        Neighbours share levels, so that the difference at each place is added to the anchors nearest to it, again and
        again: what would need ever greater differences between neighbours (places that all but coincide) stays nearly
        as it is, and no level leaves the range of those before and those wanted.
        """
        if self.levels is None:
            return self
        shares = torch.stack([self._level_shares(place, halves) for place in places])
        nearest = torch.cdist(self.coordinates / halves, places / halves).argmin(1)
        known, levels = torch.cat([self.levels, wanted]), self.levels
        for _ in range(_ROUNDS):
            missing = wanted - torch.logsumexp(shares + levels, 1)
            levels = (levels + missing[nearest]).clamp(known.min(), known.max())
        return replace(self, levels=levels)

    def _level_shares(self, coordinates: Tensor, halves: Tensor) -> Tensor:
        """Logs of `shares` of a narrower kernel that peaks at the anchors, as inverse squares do (Shepard 1968)."""
        squares = ((self.coordinates - coordinates) / halves * _LEVEL_NARROWER).square().sum(1)
        return torch.log_softmax(squares / (-2 * _WIDTH**2) - (squares + _NEAR**2).log(), 0)

    def turned(self, axis: int, sign: int) -> "Anchors":
        """The same where the direction of axis number `axis` has been multiplied by `sign`."""
        coordinates = self.coordinates.clone()
        coordinates[:, axis] *= sign
        return Anchors(coordinates, self.rests, self.levels)
