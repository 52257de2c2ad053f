"""Principal components of a latent space on which the sounds depend.

1. PCA of the posterior means of the corpus's own windows, and of nothing else.
2. A permutation test: components are taken in the order of the share of the sounds' variance that they explain, as
   long as the next one explains more of what is left than the best of the rest does in 95 of 100 shuffles of the
   sounds (a step-down test by the maximum, Westfall & Young 1993). Windows that overlap are not independent, so each is
   shuffled together with its neighbours. (Horn's parallel analysis, which shuffles each latent dimension by itself,
   asks whether the dimensions are correlated. The prior of a VAE teaches them not to be, so that the better the
   network, the fewer axes it found: one, where 32 dimensions were in use.) At most AXES_MAX are offered, none that
   explains less than SHARE_MIN, and one in any case, so that there is something to play.
"""

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from distill_app.common.generators import FractionProgress, drain

AXES_MAX = 8
SHARE_MIN = 0.01
"""Least share of the sounds' variance that a slider explains; one that moves less would disappoint."""

_PERMUTATIONS = 60
_PERCENTILE = 95

Values = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Components:
    """Principal components of latents.

    Args:
        mean: `[latent]`.
        directions: `[n, latent]`, orthonormal.
        shares: of the sounds' variance that each explains `[n]`, falling.
        meanings: descriptors that the first directions moved in an earlier model, "" for none.
    """

    mean: Tensor
    directions: Tensor
    shares: Tensor
    meanings: tuple[str, ...] = ()


def principal_components(latents: Tensor, sounds: Tensor, block: int = 1, seed: int = 0) -> Components:
    """Result of `component_steps`."""
    return drain(component_steps(latents, sounds, block, seed))


def component_steps(latents: Tensor, sounds: Tensor, block: int = 1, seed: int = 0) -> FractionProgress[Components]:
    """The components of latents `[n, latent]` on which the sounds `[n, features]` depend: 1 … AXES_MAX of them.

    Yields the fraction of the shuffles done, of those that AXES_MAX components would take.

    Args:
        sounds: what each latent stands for, in any features of which the variance matters.
        block: neighbouring rows that are shuffled together, because they overlap in time.
    """
    mean = latents.mean(0)
    coordinates, singular, directions = torch.linalg.svd((latents - mean).double(), full_matrices=False)
    rank = max(1, int((singular > 1e-6 * singular[0]).sum()))
    random = np.random.default_rng(seed)
    shares, kept = yield from _step_down(coordinates[:, :rank].numpy(), sounds.double().numpy(), block, random)
    return Components(mean, directions[kept].float(), torch.from_numpy(shares[kept]).float())


def _step_down(
    coordinates: Values, sounds: Values, block: int, random: np.random.Generator
) -> FractionProgress[tuple[Values, list[int]]]:
    """Share of the sounds' variance that each orthonormal column explains, and which columns count, strongest first."""
    left = sounds - sounds.mean(0)
    total = max(float(np.square(left).sum()), 1e-12)
    shares = _shares(coordinates, left, total)
    order = np.argsort(-shares).tolist()
    for kept, column in enumerate(order[:AXES_MAX]):
        chance = yield from _chance(coordinates[:, order[kept:]], left, total, block, random, kept / AXES_MAX)
        if shares[column] <= max(SHARE_MIN, chance):
            return shares, order[: max(1, kept)]
        left -= np.outer(coordinates[:, column], coordinates[:, column] @ left)
    return shares, order[:AXES_MAX]


def _chance(
    columns: Values, left: Values, total: float, block: int, random: np.random.Generator, done: float
) -> FractionProgress[float]:
    """The share that the best of the columns explains by chance, but for one time in twenty.

    Args:
        done: fraction of the search before this column.
    """
    best: list[float] = []
    for number in range(1, _PERMUTATIONS + 1):
        best.append(_shares(columns, left[_shuffled(len(left), block, random)], total).max())
        yield done + number / _PERMUTATIONS / AXES_MAX
    return float(np.percentile(best, _PERCENTILE))


def _shares(coordinates: Values, centred: Values, total: float) -> Values:
    """Part of each orthonormal column in a least-squares fit of the sounds."""
    return np.square(coordinates.T @ centred).sum(1) / total


def _shuffled(rows: int, block: int, random: np.random.Generator) -> NDArray[np.int64]:
    """The row numbers in another order, blocks of neighbours staying together."""
    blocks = np.array_split(np.arange(rows), max(2, rows // block))
    return np.concatenate([blocks[i] for i in random.permutation(len(blocks))])
