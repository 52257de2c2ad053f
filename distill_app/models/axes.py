"""Mapping between slider values and latent vectors."""

from collections.abc import Sequence
from dataclasses import dataclass
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
        if self.anchors is not None:
            latent = latent + self.anchors.weights(coordinates, self.half_ranges) @ self.anchors.residuals
        return latent if self.gain_correction is None else latent + self.gain_correction.offset(values)

    def level(self, latent: Tensor) -> Tensor | None:
        """Level of the corpus near a latent `[latent]`, in nats; None if unknown."""
        if self.anchors is None:
            return None
        return self.anchors.level(self.directions @ (latent - self.mean), self.half_ranges)

    def to_sliders(self, latent: Tensor) -> tuple[float, ...]:
        """Slider values of a latent `[latent]`; its off-axis part is dropped."""
        return self._to_sliders(self.directions @ (latent - self.mean))

    def nearest_to_corpus(self, sliders: Sequence[float]) -> tuple[float, ...]:
        """Nearby slider values where the corpus has sounds, continuous in every slider; unchanged without anchors."""
        if self.anchors is None:
            return tuple(sliders)
        weights = self.anchors.weights(self._coordinates(self._all_values(sliders)), self.half_ranges)
        return self._to_sliders(weights @ self.anchors.coordinates)

    def landmarks(self) -> tuple[tuple[float, ...], ...]:
        """Slider values of up to 64 anchors, for the model header."""
        if self.anchors is None:
            return ()
        some = self.anchors.coordinates[:: -(-len(self.anchors.coordinates) // _LANDMARKS_MAX)]
        rows = (self._to_sliders(row) for row in some)
        return tuple(tuple(round(min(max(v, -SLIDER_LIMIT), SLIDER_LIMIT), 2) for v in row) for row in rows)

    @cached_property
    def half_ranges(self) -> Tensor:
        """`[len(axes)]`, half the range of each slider."""
        return torch.tensor([(axis.high - axis.low) / 2 for axis in self.axes])

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

    def _coordinates(self, values: Sequence[float]) -> Tensor:
        coordinates = [axis.coordinate(value) for axis, value in zip(self.axes, values, strict=True)]
        return torch.tensor(coordinates, dtype=self.mean.dtype)

    def _to_sliders(self, coordinates: Tensor) -> tuple[float, ...]:
        return tuple(axis.slider(value) for axis, value in zip(self.axes, coordinates.tolist(), strict=True))
