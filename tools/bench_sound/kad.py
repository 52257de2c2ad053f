"""Kernel audio distance: how unlike two sets of embeddings are.

Chung et al., "KAD: No More FAD! An Effective and Efficient Evaluation Metric for Audio Generation" (2025): the unbiased
squared maximum mean discrepancy with a Gaussian kernel, whose bandwidth is the median distance among the reference,
times 100. About 0 where both sets come from one distribution; it may be a little below.
"""

import numpy as np
from numpy.typing import NDArray

Embeddings = NDArray[np.float64]
"""`[sounds, dimensions]`."""

_SCALE = 100.0
_LEAST = 2
_TINY = 1e-12


def kernel_audio_distance(reference: Embeddings, other: Embeddings) -> float:
    """KAD of embeddings against the reference; NaN where one of them has fewer than two."""
    if min(len(reference), len(other)) < _LEAST:
        return float("nan")
    among = _square_distances(reference, reference)
    gamma = 1 / (2 * np.median(among[~np.eye(len(reference), dtype=bool)]) + _TINY)
    within = [_mean_off_diagonal(np.exp(-gamma * _square_distances(each, each))) for each in (reference, other)]
    across = np.exp(-gamma * _square_distances(reference, other)).mean()
    return float(_SCALE * (sum(within) - 2 * across))


def _square_distances(one: Embeddings, other: Embeddings) -> Embeddings:
    squares = np.square(one).sum(1)[:, None] + np.square(other).sum(1) - 2 * one @ other.T
    return np.maximum(squares, 0.0)


def _mean_off_diagonal(kernel: Embeddings) -> float:
    count = len(kernel)
    return float((kernel.sum() - np.trace(kernel)) / (count * (count - 1)))
