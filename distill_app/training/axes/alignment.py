"""Alignment of a retrained model's sliders with those of its base model."""

import torch
from torch import Tensor

from distill_app.models.axes import LatentAxes
from distill_app.models.model import DistillModel
from distill_app.training.axes.character import Components

ALIKE_MIN = 0.7
"""Correlation of the effects of two sliders above which a musician takes them for the same."""


def align_components(components: Components, latents: Tensor, model: DistillModel, before: DistillModel) -> Components:
    """Components rotated within their space so that the first ones act like sliders of `before`.

    These keep order and sign of the base model. The others follow, strongest first.

    Args:
        latents: `[n, latent]` of `model`, whose axes are sought.
    """
    effects = _effects(model, before) @ components.directions.T
    kept, rotation = _rotation(effects)
    free = rotation[len(kept) :]
    coordinates = (latents - components.mean) @ (free @ components.directions).T
    rotation = torch.cat([rotation[: len(kept)], _by_variance(coordinates) @ free])
    explained_variance = rotation.square() @ components.explained_variance
    return Components(components.mean, rotation @ components.directions, explained_variance)


def _effects(model: DistillModel, before: DistillModel) -> Tensor:
    """Effect of each slider of `before` from −1 to +1 as unit latents of `model`, `[axes, latent]`."""
    ends = [_slider_end(before.axes, number, value) for number in range(len(before.axes.axes)) for value in (-1.0, 1.0)]
    low, high = model.encode(before.decode(torch.stack(ends))).reshape(len(ends) // 2, 2, -1).unbind(1)
    return torch.nn.functional.normalize(high - low, dim=1)


def _slider_end(axes: LatentAxes, number: int, value: float) -> Tensor:
    """Latent `[latent]` with one coordinate moved, without anchors and gain correction."""
    axis = axes.axes[number]
    return axes.mean + (axis.coordinate(value) - axis.median) * axes.directions[number]


def _rotation(effects: Tensor) -> tuple[list[int], Tensor]:
    """Indices of the effects `[axes, components]` found again, and a rotation `[components, components]`.

    The first rows of the rotation approximate these effects (orthogonal Procrustes, Schönemann 1966).
    """
    kept = [k for k, effect in enumerate(effects) if effect.norm() >= ALIKE_MIN][: effects.shape[1]]
    while kept:
        left, _, right = torch.linalg.svd(effects[kept], full_matrices=True)
        first = left @ right[: len(kept)]
        alike = (first * effects[kept]).sum(1)
        if alike.min() >= ALIKE_MIN:
            return kept, torch.cat([first, right[len(kept) :]])
        del kept[int(alike.argmin())]
    return [], torch.eye(effects.shape[1])


def _by_variance(coordinates: Tensor) -> Tensor:
    """Orthogonal `[k, k]` matrix that sorts coordinates `[n, k]` by falling variance."""
    return torch.linalg.eigh(coordinates.T @ (coordinates - coordinates.mean(0))).eigenvectors.T.flip(0)
