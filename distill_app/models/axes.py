"""Mapping between slider values and latent vectors."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import torch
from torch import Tensor

from distill_app.models.anchors import Anchors
from distill_app.models.axis import SLIDER_LIMIT, Axis
from distill_app.models.gain_correction import GainCorrection

_LANDMARKS_MAX = 64


@dataclass(frozen=True, eq=False)
class LatentAxes:
    """Orthonormal slider directions through the corpus's latents.

    Args:
        axes: names and ranges of the sliders, strongest variance first.
        mean: `[latent]`, centre of the corpus.
        directions: `[len(axes), latent]`, orthonormal rows.
        anchors: corpus windows that supply the off-axis part of a latent; zero if None.
        gain_correction: gain depending on the sliders; none if None.
    """

    axes: tuple[Axis, ...]
    mean: Tensor
    directions: Tensor
    anchors: Anchors | None = None
    gain_correction: GainCorrection | None = None

    def __post_init__(self) -> None:
        shape, anchors, correction = self.directions.shape, self.anchors, self.gain_correction
        if shape != (len(self.axes), len(self.mean)):
            raise ValueError("one direction for each axis, as long as the mean")
        if anchors and (anchors.coordinates.shape[1], anchors.residuals.shape[1]) != shape:
            raise ValueError("anchors of other axes")
        if correction and (len(correction.matrix) - 1, len(correction.direction)) != shape:
            raise ValueError("gain correction of other axes")

    def to_latent(self, sliders: Sequence[float]) -> Tensor:
        """Latent `[latent]` for one value per axis, continuous in each; missing values are 0."""
        values = self._all_values(sliders)
        coordinates = self._coordinates(values)
        latent = self.mean + coordinates @ self.directions
        if self._placed is not None:
            latent = latent + self._placed.weights(self._place(values), self.half_ranges) @ self._placed.residuals
        return latent if self.gain_correction is None else latent + self.gain_correction.offset(values)

    def level(self, latent: Tensor) -> Tensor | None:
        """Level of the corpus near a latent `[latent]`, in nats; None if unknown."""
        if self._placed is None:
            return None
        return self._placed.level(self._places(latent[None])[0], self.half_ranges)

    def to_sliders(self, latent: Tensor) -> tuple[float, ...]:
        """Slider values of a latent `[latent]`; its off-axis part is dropped."""
        return self._to_sliders(self.directions @ (latent - self.mean))

    def nearest_to_corpus(self, sliders: Sequence[float]) -> tuple[float, ...]:
        """Nearby slider values where the corpus has sounds, continuous in every slider; unchanged without anchors."""
        if self._placed is None:
            return tuple(sliders)
        weights = self._placed.weights(self._place(self._all_values(sliders)), self.half_ranges)
        if not self.is_by_rank:
            return self._to_sliders(weights @ self._placed.coordinates)
        audible = weights * self._audibility
        return tuple((audible / audible.sum().clamp_min(1e-12) @ self._placed.coordinates).tolist())

    def landmarks(self) -> tuple[tuple[float, ...], ...]:
        """Slider values of up to 64 anchors, for the model header."""
        if self.anchors is None:
            return ()
        some = self.anchors.coordinates[:: -(-len(self.anchors.coordinates) // _LANDMARKS_MAX)]
        rows = (self._to_sliders(row) for row in some)
        return tuple(tuple(round(min(max(v, -SLIDER_LIMIT), SLIDER_LIMIT), 2) for v in row) for row in rows)

    def with_levels_near(self, latents: Tensor, wanted: Tensor) -> "LatentAxes":
        """Axes whose `level` at latents `[n, latent]` is about `wanted` `[n]`, in nats; unchanged without levels."""
        if self.anchors is None or self._placed is None:
            return self
        levels = self._placed.with_levels_near(self._places(latents), wanted, self.half_ranges).levels
        return replace(self, anchors=replace(self.anchors, levels=levels))

    @cached_property
    def is_by_rank(self) -> bool:
        """Whether sliders run over the ranks of the corpus, and anchors are compared by these."""
        return any(axis.ranks for axis in self.axes)

    @cached_property
    def half_ranges(self) -> Tensor:
        """`[len(axes)]`, unit of the anchors' kernel: half the range of each slider, 1 where places are by rank."""
        if self.is_by_rank:
            return torch.ones(len(self.axes))
        return torch.tensor([(axis.high - axis.low) / 2 for axis in self.axes])

    @cached_property
    def _placed(self) -> Anchors | None:
        """Anchors as the kernel sees them: by rank, their coordinates are slider values."""
        if self.anchors is None or not self.is_by_rank:
            return self.anchors
        rows = [self._to_sliders(row) for row in self.anchors.coordinates]
        return replace(self.anchors, coordinates=torch.tensor(rows, dtype=self.mean.dtype))

    @cached_property
    def _audibility(self) -> Tensor:
        """`[n]`, amplitude at the places of the anchors, 1 for the loudest: few random sounds are to be faint ones."""
        placed = self._placed
        if placed is None or placed.levels is None:
            return torch.ones(())
        levels = [placed.level(place, self.half_ranges) for place in placed.coordinates]
        found = torch.stack([level for level in levels if level is not None])
        return (found - found.max()).exp()

    def with_oriented_axis(self, number: int, axis: Axis, sign: int) -> "LatentAxes":
        """Axes with number `number` replaced by `axis` and its direction multiplied by `sign`."""
        directions = self.directions.clone()
        directions[number] *= sign
        axes = (*self.axes[:number], axis, *self.axes[number + 1 :])
        anchors = self.anchors and self.anchors.with_sign(number, sign)
        correction = self.gain_correction and self.gain_correction.with_sign(number, sign)
        return LatentAxes(axes, self.mean, directions, anchors, correction)

    def _all_values(self, sliders: Sequence[float]) -> list[float]:
        return [*sliders, *[0.0] * (len(self.axes) - len(sliders))]

    def _place(self, values: Sequence[float]) -> Tensor:
        """Place `[axes]` of slider values, as the anchors' kernel sees it."""
        return torch.tensor(values, dtype=self.mean.dtype) if self.is_by_rank else self._coordinates(values)

    def _places(self, latents: Tensor) -> Tensor:
        """Places `[n, axes]` of latents `[n, latent]`, as the anchors' kernel sees them."""
        if self.is_by_rank:
            return torch.tensor([self.to_sliders(latent) for latent in latents], dtype=self.mean.dtype)
        return torch.stack([self.directions @ (latent - self.mean) for latent in latents])

    def _coordinates(self, values: Sequence[float]) -> Tensor:
        coordinates = [axis.coordinate(value) for axis, value in zip(self.axes, values, strict=True)]
        return torch.tensor(coordinates, dtype=self.mean.dtype)

    def _to_sliders(self, coordinates: Tensor) -> tuple[float, ...]:
        return tuple(axis.slider(value) for axis, value in zip(self.axes, coordinates.tolist(), strict=True))
