"""Sliders of a model that has learned more: those that do what one of the earlier model did stay where it was."""

import torch
from torch import Tensor

from distill_app.models.axes import LatentAxes
from distill_app.models.model import DistillModel
from distill_app.training.axes.components import Components

ALIKE_MIN = 0.7
"""Correlation of what two sliders do to the sound, from which on the musician takes them for the same."""


def aligned(components: Components, latents: Tensor, model: DistillModel, before: DistillModel) -> Components:
    """The components, turned within their space so that the first ones do what sliders of `before` do.

    These have the earlier order, sign and name; the name is kept later if it is still measured. The others follow,
    strongest first, without names.

    Args:
        latents: `[n, latent]` of `model`, whose axes are sought.
    """
    effects = _effects(model, before) @ components.directions.T
    kept, rotation = _rotation(effects)
    free = rotation[len(kept) :]
    coordinates = (latents - components.mean) @ (free @ components.directions).T
    rotation = torch.cat([rotation[: len(kept)], _by_variance(coordinates) @ free])
    shares = rotation.square() @ components.shares
    meanings = tuple(before.axes.axes[k].descriptor for k in kept)
    return Components(components.mean, rotation @ components.directions, shares, meanings)


def _effects(model: DistillModel, before: DistillModel) -> Tensor:
    """`[axes, latent]`, of length 1: what each slider of `before` does from −1 to +1, as the latents of `model`."""
    ends = [_end(before.axes, number, value) for number in range(len(before.axes.axes)) for value in (-1.0, 1.0)]
    low, high = model.encode(before.decode(torch.stack(ends))).reshape(len(ends) // 2, 2, -1).unbind(1)
    return torch.nn.functional.normalize(high - low, dim=1)


def _end(axes: LatentAxes, number: int, value: float) -> Tensor:
    """`[latent]` of one coordinate moved and nothing else: no anchor, no gain."""
    axis = axes.axes[number]
    return axes.mean + (axis.coordinate(value) - axis.median) * axes.directions[number]


def _rotation(effects: Tensor) -> tuple[list[int], Tensor]:
    """Which effects `[axes, components]` are found again, and an orthogonal `[components, components]` of which the
    first rows are nearest to those (orthogonal Procrustes, Schönemann 1966).
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
    """Orthogonal `[k, k]` that turns coordinates `[n, k]` so that their variances fall."""
    return torch.linalg.eigh(coordinates.T @ (coordinates - coordinates.mean(0))).eigenvectors.T.flip(0)
