"""The map between sliders and latent vectors."""

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
    """Orthonormal directions through the corpus's latents.

    Args:
        axes: what each slider shows, strongest variance first.
        mean: `[latent]`, the centre of the corpus.
        directions: `[len(axes), latent]`, orthonormal rows.
        anchors: windows that give what lies off the axes; without them it is the centre's.
        levelling: a gain over the sliders; without it none.
    """

    axes: tuple[Axis, ...]
    mean: Tensor
    directions: Tensor
    anchors: Anchors | None = None
    levelling: GainCorrection | None = None

    def __post_init__(self) -> None:
        if self.directions.shape != (len(self.axes), len(self.mean)):
            raise ValueError("one direction for each axis, as long as the mean")
        if self.anchors and (self.anchors.coordinates.shape[1], self.anchors.rests.shape[1]) != self.directions.shape:
            raise ValueError("anchors of other axes")
        if self.levelling and (len(self.levelling.form) - 1, len(self.levelling.gain)) != self.directions.shape:
            raise ValueError("levels of other axes")

    def to_latent(self, sliders: Sequence[float]) -> Tensor:
        """`[latent]` of one value per axis; missing values stand at 0. Continuous in every slider."""
        values = self._filled(sliders)
        coordinates = self._coordinates(values)
        latent = self.mean + coordinates @ self.directions
        if self.anchors is not None:
            latent = latent + self.anchors.shares(coordinates, self.halves) @ self.anchors.rests
        return latent if self.levelling is None else latent + self.levelling.offset(values)

    def level(self, latent: Tensor) -> Tensor | None:
        """Level of the corpus at a latent `[latent]`, in nats; None where it is not known."""
        if self.anchors is None:
            return None
        return self.anchors.level(self.directions @ (latent - self.mean), self.halves)

    def to_sliders(self, latent: Tensor) -> tuple[float, ...]:
        """Slider values at which a latent `[latent]` stands; what lies off the axes is dropped."""
        return self._values(self.directions @ (latent - self.mean))

    def towards_corpus(self, sliders: Sequence[float]) -> tuple[float, ...]:
        """Slider values nearby at which the corpus has sounds, continuous in every slider; the same without anchors."""
        if self.anchors is None:
            return tuple(sliders)
        shares = self.anchors.shares(self._coordinates(self._filled(sliders)), self.halves)
        return self._values(shares @ self.anchors.coordinates)

    def landmarks(self) -> tuple[tuple[float, ...], ...]:
        """Slider values of some of the anchors, for those who have no tensors: a header holds them."""
        if self.anchors is None:
            return ()
        some = self.anchors.coordinates[:: -(-len(self.anchors.coordinates) // _LANDMARKS_MAX)]
        rows = (self._values(row) for row in some)
        return tuple(tuple(round(min(max(v, -SLIDER_LIMIT), SLIDER_LIMIT), 2) for v in row) for row in rows)

    @cached_property
    def halves(self) -> Tensor:
        """`[len(axes)]`, half the range of each slider."""
        return torch.tensor([(axis.high - axis.low) / 2 for axis in self.axes])

    def turned(self, number: int, axis: Axis, sign: int) -> "LatentAxes":
        """Axis number `number` replaced by `axis`, whose direction is `sign` times what it was."""
        directions = self.directions.clone()
        directions[number] *= sign
        axes = (*self.axes[:number], axis, *self.axes[number + 1 :])
        anchors = self.anchors and self.anchors.turned(number, sign)
        return LatentAxes(axes, self.mean, directions, anchors, self.levelling and self.levelling.turned(number, sign))

    def _filled(self, sliders: Sequence[float]) -> list[float]:
        return [*sliders, *[0.0] * (len(self.axes) - len(sliders))]

    def _coordinates(self, values: Sequence[float]) -> Tensor:
        coordinates = [axis.coordinate(value) for axis, value in zip(self.axes, values, strict=True)]
        return torch.tensor(coordinates, dtype=self.mean.dtype)

    def _values(self, coordinates: Tensor) -> tuple[float, ...]:
        return tuple(axis.slider(value) for axis, value in zip(self.axes, coordinates.tolist(), strict=True))
