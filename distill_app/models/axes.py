"""The map between sliders and latent vectors."""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from distill_app.models.axis import Axis


@dataclass(frozen=True, eq=False)
class LatentAxes:
    """Orthonormal directions through the corpus's latents.

    Args:
        axes: what each slider shows, strongest variance first.
        mean: `[latent]`, the centre of the corpus.
        directions: `[len(axes), latent]`, orthonormal rows.
    """

    axes: tuple[Axis, ...]
    mean: Tensor
    directions: Tensor

    def __post_init__(self) -> None:
        if self.directions.shape != (len(self.axes), len(self.mean)):
            raise ValueError("one direction for each axis, as long as the mean")

    def to_latent(self, sliders: Sequence[float]) -> Tensor:
        """`[latent]` of one value per axis; missing values stand at 0."""
        values = [*sliders, *[0.0] * (len(self.axes) - len(sliders))]
        coordinates = [axis.coordinate(value) for axis, value in zip(self.axes, values, strict=True)]
        return self.mean + torch.tensor(coordinates, dtype=self.mean.dtype) @ self.directions

    def to_sliders(self, latent: Tensor) -> tuple[float, ...]:
        """Slider values of a latent `[latent]`; what lies off the axes is dropped."""
        coordinates = (self.directions @ (latent - self.mean)).tolist()
        return tuple(axis.slider(value) for axis, value in zip(self.axes, coordinates, strict=True))
