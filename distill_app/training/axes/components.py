"""Principal components of a latent space on which the sounds depend.

1. PCA of the posterior means of the corpus's own windows, and nothing else. 2. A permutation test selects the
components. They are taken in the order of the variance of the sounds they explain, as long as the next one explains
more of the remainder than the best of the rest does in 95 of 100 permutations of the sounds (step-down test by the
maximum, Westfall & Young 1993). Overlapping windows are dependent, so neighbours are permuted in blocks. Between one
and AXES_MAX components are kept, none but the first below SHARE_MIN.

Horn's parallel analysis, which permutes each latent dimension, tests whether the dimensions are correlated. The prior
of a VAE trains them not to be, so better networks were given fewer axes: one, where 32 dimensions were active.
"""

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from distill_app.common.generators import FractionProgress

AXES_MAX = 8
SHARE_MIN = 0.01
"""Least share of the sounds' variance that a slider explains."""

_PERMUTATIONS = 60
_PERCENTILE = 95

Values = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Components:
    """Principal components of latents.

    Args:
        mean: `[latent]`.
        directions: `[n, latent]`, orthonormal.
        explained_variance: `[n]`, share of the sounds' variance explained by each, falling.
        descriptors: descriptors of the first directions in a base model, "" for none.
    """

    mean: Tensor
    directions: Tensor
    explained_variance: Tensor
    descriptors: tuple[str, ...] = ()


def component_steps(latents: Tensor, sounds: Tensor, block: int = 1, seed: int = 0) -> FractionProgress[Components]:
    """Components of latents `[n, latent]` on which the sounds `[n, features]` depend: 1 … AXES_MAX of them.

    Yields the fraction done of the permutations that AXES_MAX components would take.

    Args:
        sounds: any features of the sound of each latent whose variance matters.
        block: neighbouring rows that are permuted together, because they overlap in time.
    """
    mean = latents.mean(0)
    coordinates, singular, directions = torch.linalg.svd((latents - mean).double(), full_matrices=False)
    rank = max(1, int((singular > 1e-6 * singular[0]).sum()))
    random = np.random.default_rng(seed)
    explained_variance, kept = yield from _step_down_test(
        coordinates[:, :rank].numpy(), sounds.double().numpy(), block, random
    )
    return Components(mean, directions[kept].float(), torch.from_numpy(explained_variance[kept]).float())


def _step_down_test(
    coordinates: Values, sounds: Values, block: int, random: np.random.Generator
) -> FractionProgress[tuple[Values, list[int]]]:
    """Explained variance of each orthonormal column, and the significant columns, strongest first."""
    left = _without_redundancy(sounds - sounds.mean(0))
    total = max(float(np.square(left).sum()), 1e-12)
    explained_variance = _explained_variance(coordinates, left, total)
    order = np.argsort(-explained_variance).tolist()
    for kept, column in enumerate(order[:AXES_MAX]):
        chance = yield from _chance_level(coordinates[:, order[kept:]], left, total, block, random, kept / AXES_MAX)
        if explained_variance[column] <= max(SHARE_MIN, chance):
            return explained_variance, order[: max(1, kept)]
        left -= np.outer(coordinates[:, column], coordinates[:, column] @ left)
    return explained_variance, order[:AXES_MAX]


def _without_redundancy(sounds: Values) -> Values:
    """Rows with the same inner products, with no more columns than rows: what is tested depends on these alone."""
    if sounds.shape[1] <= len(sounds):
        return sounds
    left, singular, _ = np.linalg.svd(sounds, full_matrices=False)
    rows: Values = left * singular
    return rows


def _chance_level(
    columns: Values, left: Values, total: float, block: int, random: np.random.Generator, done: float
) -> FractionProgress[float]:
    """95th percentile of the share of variance that the best column explains by chance.

    Args:
        done: fraction of the search before this column.
    """
    blocks = np.array_split(np.arange(len(left)), max(2, len(left) // block))
    best: list[float] = []
    for number in range(1, _PERMUTATIONS + 1):
        best.append(_explained_variance(columns, left[_permuted(blocks, random)], total).max())
        yield done + number / _PERMUTATIONS / AXES_MAX
    return float(np.percentile(best, _PERCENTILE))


def _explained_variance(coordinates: Values, centred: Values, total: float) -> Values:
    """Share of the total variance that each orthonormal column explains by least squares.

    Multiplied by torch, which keeps to the threads that the training may use.
    """
    explained: Values = (torch.from_numpy(coordinates).T @ torch.from_numpy(centred)).square().sum(1).numpy()
    return explained / total


def _permuted(blocks: list[NDArray[np.int64]], random: np.random.Generator) -> NDArray[np.int64]:
    """Permuted row numbers in which blocks of neighbours stay together."""
    return np.concatenate([blocks[i] for i in random.permutation(len(blocks))])
