"""Character sliders: which of the set's sounds, by rank of its recordings.

1. The mean effects of tone are projected out of the latents (tone_directions.py): the sliders of the tone change these.
2. The directions are the principal components of the rest that explain most of the sounds, at most `AXES_MAX`;
   up is more of all bands.
3. A slider runs over quantiles of the recordings' windows, so that equal parts of its way pass equally many of them.
4. Anchors hold what the directions leave out. Of the kernels that give anchors back at their own places, the widest
   is taken: it changes most gradually while a slider moves.
"""

import math
from dataclasses import dataclass, replace

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from distill_app.models.anchors import ANCHORS_MAX, Anchors
from distill_app.models.axes import LatentAxes
from distill_app.models.axis import Axis

Values = NDArray[np.float64]

AXES_MAX = 8
RANKS = 9
"""More follow the recordings more closely, but a slider then jumps over what lies between two of them."""
KERNELS = (0.5, 0.42, 0.35, 0.3, 0.25, 0.2, 0.15)
"""Standard deviations in slider units, widest first: the narrower, the more the level jumps while a slider moves."""
OWN_R2_MIN, OWN_SHARE_MIN, LEVEL_NATS_MAX = 0.98, 0.98, 0.1
NARROW_KERNEL, NARROW_R2_MIN = 0.25, 0.95
"""From this kernel on, less is enough."""
SHARE_MIN = 0.001
"""Least share of the sounds' variance that a slider explains."""
_REST_NATS, _REST_RANK = 0.12, 0.4
"""Distances of the sound at rest from the median level (1 dB) and from the middle of the ranks."""
_STEP_MIN = 1e-3
"""Least part of the range that a step of a slider covers, so that equal windows do not stop it."""


@dataclass(frozen=True, eq=False)
class Components:
    """Principal components of latents.

    Args:
        mean: `[latent]`.
        directions: `[n, latent]`, orthonormal.
        explained_variance: `[n]`, share of the sounds' variance explained by each, falling.
    """

    mean: Tensor
    directions: Tensor
    explained_variance: Tensor


def character_components(latents: Tensor, sounds: Tensor, tone: Tensor) -> Components:
    """Components of latents `[n, latent]` without tone that explain most of the sounds `[n, features]`.

    Args:
        tone: orthonormal directions `[k, latent]`; left in where too little would remain.
    """
    mean = latents.mean(0)
    centred = (latents - mean).double()
    rank = int(torch.linalg.matrix_rank(centred, rtol=1e-6))
    tone = tone[: max(0, rank - AXES_MAX)].double()
    coordinates, singular, directions = torch.linalg.svd(centred - centred @ tone.T @ tone, full_matrices=False)
    varied = max(1, int((singular > 1e-6 * singular[0]).sum()))
    left = (sounds - sounds.mean(0)).double()
    effects = coordinates[:, :varied].T @ left
    explained = effects.square().sum(1) / left.square().sum().clamp_min(1e-12)
    kept = explained.argsort(descending=True)[:AXES_MAX]
    kept = kept[: max(1, int((explained[kept] >= SHARE_MIN).sum()))]
    upwards = torch.where(effects[kept].sum(1) < 0, -1.0, 1.0)
    return Components(mean, (upwards[:, None] * directions[kept]).float(), explained[kept].float())


def unnamed(number: int) -> str:
    """Name of a slider whose recordings have none; they are counted from 1."""
    return f"Character {number}"


def ranked_axes(latents: Tensor, components: Components, levels: Tensor) -> LatentAxes:
    """Components as sliders over the ranks of latents `[n, latent]`; at rest they give one of these.

    Args:
        levels: `[n]`, levels of the latents' windows in nats.
    """
    coordinates = ((latents - components.mean) @ components.directions.T).double().numpy()
    rest = coordinates[_rest(coordinates, levels.double().numpy())]
    axes = [
        Axis.by_rank(unnamed(number), _quantiles(column, middle))
        for number, (column, middle) in enumerate(zip(coordinates.T, rest, strict=True), 1)
    ]
    return LatentAxes(tuple(axes), components.mean, components.directions)


def _rest(coordinates: Values, levels: Values) -> int:
    """Number of the window `[n, axes]` that is nearest to the middle of all ranks, of those at the median level."""
    ranks = coordinates.argsort(0).argsort(0) / max(1, len(coordinates) - 1) - 0.5
    far = np.abs(levels - np.median(levels)) > _REST_NATS
    outermost = np.abs(ranks).max(1)
    return int(np.lexsort((np.square(ranks).sum(1), outermost > _REST_RANK, far))[0])


def _quantiles(coordinates: Values, middle: float) -> list[float]:
    """Strictly rising quantiles from the least to the largest coordinate, with `middle` in the middle."""
    half = np.linspace(0, 1, RANKS // 2 + 1)
    below, above = coordinates[coordinates <= middle], coordinates[coordinates >= middle]
    found = np.concatenate([np.quantile(below, half)[:-1], np.quantile(above, half)])
    step = _STEP_MIN * max(float(np.ptp(coordinates)), 1e-3)
    rising = found + step * (np.arange(len(found)) - RANKS // 2)
    return [float(each) for each in rising]


def with_anchors(axes: LatentAxes, latents: Tensor, levels: Tensor, recordings: Tensor) -> LatentAxes:
    """Axes with evenly chosen latents `[n, latent]` as anchors.

    Args:
        levels: `[n]`, levels of the latents' windows in nats.
        recordings: `[n]`, number of the recording of each window.
    """
    chosen = torch.linspace(0, len(latents) - 1, min(len(latents), ANCHORS_MAX)).round().long()
    latents, levels, recordings = latents[chosen], levels[chosen].float(), recordings[chosen]
    coordinates = (latents - axes.mean) @ axes.directions.T
    residuals = (latents - axes.mean - coordinates @ axes.directions).half().float()
    best, least = axes, math.inf
    for kernel_std in KERNELS:
        anchored = replace(axes, anchors=Anchors(coordinates, residuals, levels, kernel_std))
        tried = anchored.with_levels_near(latents, levels)
        r2_min = OWN_R2_MIN if kernel_std > NARROW_KERNEL else NARROW_R2_MIN
        missing = own_fit(tried, latents, levels, recordings).missing(r2_min)
        if missing <= 0:
            return tried
        if missing < least:
            best, least = tried, missing
    return best


@dataclass(frozen=True)
class OwnFit:
    """Measured match of windows and what the sliders give at their places.

    Args:
        r2: share of the latents' variance.
        share: of the recordings that are the nearest ones at a place of their own.
        level_nats: mean error of the level.
    """

    r2: float
    share: float
    level_nats: float

    def missing(self, r2_min: float) -> float:
        """Largest distance to what is enough; 0 or less where all is."""
        return max(r2_min - self.r2, OWN_SHARE_MIN - self.share, self.level_nats - LEVEL_NATS_MAX)


def own_fit(axes: LatentAxes, latents: Tensor, levels: Tensor, recordings: Tensor) -> OwnFit:
    """Fit of latents `[n, latent]` with their levels `[n]`, in nats, and the numbers of their recordings `[n]`."""
    found = torch.stack([axes.to_latent(axes.to_sliders(latent)) for latent in latents])
    r2 = 1 - (found - latents).square().sum() / (latents - latents.mean(0)).square().sum().clamp_min(1e-12)
    reached = recordings[recordings[torch.cdist(found, latents).argmin(1)] == recordings]
    heard = torch.stack([level for latent in latents if (level := axes.level(latent)) is not None])
    share = len(set(reached.tolist())) / len(set(recordings.tolist()))
    return OwnFit(float(r2), share, float((heard - levels).abs().mean()))
