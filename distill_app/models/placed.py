"""A model that is played at a latent which its sliders cannot reach."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from torch import Tensor

from distill_app.models.axes import LatentAxes
from distill_app.models.model import DistillModel


@dataclass(frozen=True, eq=False)
class PlacedAxes(LatentAxes):
    """Axes that start from another latent where all sliders are 0.

    Args:
        offset: `[latent]`, added to every latent.
    """

    offset: Tensor | None = None

    def to_latent(self, sliders: Sequence[float]) -> Tensor:
        latent = super().to_latent(sliders)
        return latent if self.offset is None else latent + self.offset


def placed_at(model: DistillModel, latent: Tensor) -> DistillModel:
    """Copy of a model that sounds like `latent` `[latent]` where its sliders are 0."""
    axes = model.axes
    parts = axes.axes, axes.mean, axes.directions, axes.anchors, axes.gain_correction
    return replace(model, axes=PlacedAxes(*parts, offset=latent - axes.to_latent(())))
