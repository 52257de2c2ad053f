"""Corpus windows that supply what the slider axes leave out of a latent."""

from dataclasses import dataclass, replace

import torch
from torch import Tensor

ANCHORS_MAX = 1024
_KERNEL_STD = 0.4
"""Standard deviation of the kernel, in half ranges of a slider.

A narrower kernel follows the recordings more closely, but in steps. A wider one averages unlike sounds into a dull one
(measured: docs/architectures.md).
"""
_LEVEL_KERNEL_FACTOR = 4.0
"""Factor by which the kernel for levels is narrower."""
_LEVEL_KERNEL_RADIUS = 0.1
"""Distance to an anchor, in widths of the level kernel, below which its own level dominates."""
_ITERATIONS = 100
KERNEL_STD_MIN, KERNEL_STD_MAX = 0.05, 2.0
"""Limits beyond which a file is damaged."""
_WEIGHT_MIN = 1e-12


@dataclass(frozen=True, eq=False)
class Anchors:
    """Corpus windows with their slider coordinates and off-axis residuals.

    Args:
        coordinates: `[n, axes]`, projections of the windows on the axes.
        residuals: `[n, latent]`, parts of their latents orthogonal to all axes.
        levels: `[n]`, window levels in nats (`distill_app.models.loudness.window_levels`); None if unknown.
        kernel_std: standard deviation of the kernel for residuals and levels, in slider units, of sliders by rank;
            None for others, whose levels have a kernel of their own.
    """

    coordinates: Tensor
    residuals: Tensor
    levels: Tensor | None = None
    kernel_std: float | None = None

    def __post_init__(self) -> None:
        if len(self.coordinates) != len(self.residuals) or not 0 < len(self.residuals) <= ANCHORS_MAX:
            raise ValueError("one rest for each anchor, and not too many")
        if self.levels is not None and len(self.levels) != len(self.residuals):
            raise ValueError("one level for each anchor")
        if self.kernel_std is not None and not KERNEL_STD_MIN <= self.kernel_std <= KERNEL_STD_MAX:
            raise ValueError("a kernel of no use")

    def weights(self, coordinates: Tensor, half_ranges: Tensor) -> Tensor:
        """Weight of each anchor `[n]` at `coordinates` `[axes]`: Gaussian kernel (Nadaraya 1964; Watson 1964).

        Args:
            half_ranges: `[axes]`, half the range of each slider.
        """
        squares = ((self.coordinates - coordinates) / half_ranges).square().sum(1)
        return torch.softmax(squares / (-2 * (self.kernel_std or _KERNEL_STD) ** 2), 0)

    def level(self, coordinates: Tensor, half_ranges: Tensor) -> Tensor | None:
        """Interpolated level at `coordinates` `[axes]`, in nats; None if the levels are unknown.

        Amplitudes are averaged, of linear sliders with a kernel so narrow that each anchor keeps its own level at its
        own coordinates. By rank the kernel is that of the residuals, so that level and sound change together.
        """
        if self.levels is None:
            return None
        return torch.logsumexp(self._log_level_weights(coordinates, half_ranges) + self.levels, 0)

    def with_levels_near(self, places: Tensor, wanted: Tensor, half_ranges: Tensor) -> "Anchors":
        """Anchors whose `level` at `places` `[n, axes]` approximates `wanted` `[n]`, in nats.

        Neighbours share levels, so the remaining difference at each place is added to its nearest anchors repeatedly.
        Levels stay within the range of the present and the wanted ones: places that nearly coincide but want different
        levels keep a compromise.
        """
        if self.levels is None:
            return self
        weights = torch.stack([self._log_level_weights(place, half_ranges) for place in places])
        nearest = torch.cdist(self.coordinates / half_ranges, places / half_ranges).argmin(1)
        known, levels = torch.cat([self.levels, wanted]), self.levels
        for _ in range(_ITERATIONS):
            missing = wanted - torch.logsumexp(weights + levels, 1)
            levels = (levels + missing[nearest]).clamp(known.min(), known.max())
        return replace(self, levels=levels)

    def _log_level_weights(self, coordinates: Tensor, half_ranges: Tensor) -> Tensor:
        """Log weights of the level kernel, which peaks at the anchors (inverse squares: Shepard 1968)."""
        if self.kernel_std is not None:
            return self.weights(coordinates, half_ranges).clamp_min(_WEIGHT_MIN).log()
        squares = ((self.coordinates - coordinates) / half_ranges * _LEVEL_KERNEL_FACTOR).square().sum(1)
        return torch.log_softmax(squares / (-2 * _KERNEL_STD**2) - (squares + _LEVEL_KERNEL_RADIUS**2).log(), 0)

    def with_sign(self, axis: int, sign: int) -> "Anchors":
        """Anchors with the coordinates on axis number `axis` multiplied by `sign`."""
        coordinates = self.coordinates.clone()
        coordinates[:, axis] *= sign
        return replace(self, coordinates=coordinates)
