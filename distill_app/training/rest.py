"""Where the instrument rests: what a model holds that no slider moves.

The mean of unlike sounds is softer and duller than any of them: log-mel averages geometrically, and the partials of one
fall into the gaps of the other. So what lies off the axes is not averaged but taken from one of the corpus's own
windows, one that stands near the sliders' middle and brings the middle to the level that the corpus has.
"""

import math
from dataclasses import replace

import torch
from torch import Tensor

from distill_app.models.axes import LatentAxes
from distill_app.models.model import DistillModel

_NEAR_SHARE = 0.25


@torch.inference_mode()
def rested(model: DistillModel, windows: Tensor, latents: Tensor) -> DistillModel:
    """The model with the centre of its axes moved off them, so that no coordinate changes.

    Args:
        windows: log-mel windows `[n, bands, frames]` of the corpus.
        latents: their latents `[n, latent]`.
    """
    axes = model.axes
    coordinates = (latents - axes.mean) @ axes.directions.T
    off_axes = latents - axes.mean - coordinates @ axes.directions
    near = _distances(axes, coordinates).argsort()[: math.ceil(_NEAR_SHARE * len(latents))]
    centres = torch.cat([model.decode(part) for part in torch.split(axes.to_latent([]) + off_axes[near], 64)])
    wanted = _levels(windows).median()
    chosen = near[(_levels(centres) - wanted).abs().argmin()]
    moved = LatentAxes(axes.axes, (axes.mean + off_axes[chosen]).clone(), axes.directions)
    return replace(model, axes=moved)


def _distances(axes: LatentAxes, coordinates: Tensor) -> Tensor:
    """How far each window `[n]` stands from the sliders' middle, in halves of their range."""
    middle = torch.tensor([axis.median for axis in axes.axes])
    half = torch.tensor([(axis.high - axis.low) / 2 for axis in axes.axes])
    return ((coordinates - middle) / half).norm(dim=1)


def _levels(windows: Tensor) -> Tensor:
    """Log of the root mean square of each mel window `[n]`."""
    return torch.logsumexp(2 * windows, (1, 2)) / 2
