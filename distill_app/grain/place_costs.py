"""Costs, in nepers, of a jump to a place of the recordings.

A place costs its distance to what is wanted; more where it was played not long ago, and where its recording ends soon;
and how much it differs from what is heard until then, once both have the wanted spectrum: tones of another pitch, noise
after tones.
"""

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from distill_app.grain.source import GrainSource
from distill_app.grain.targets import RANGE_NEPERS, features

_FADING_FRAMES, _STALE = 129, 0.8
"""Frames over which, and nepers by which, what was played counts as farther away."""
_ENDING_FRAMES, _ENDING = 86, 0.5
"""Frames (1 s) before the end of a recording from which on a place costs more, and nepers of the last of them."""
_JOIN = 0.7
"""Weight of the difference to what is heard, against the distance to what is wanted."""
_BLOCK = 512
"""Places that are compared at once: their details stay in the processor's cache."""

Costs = NDArray[np.float32]
Places = NDArray[np.int64]


class PlaceCosts:
    """Costs of the frames of a source as places to go on from."""

    def __init__(self, source: GrainSource) -> None:
        self._ahead, self._details = source.features.ahead.numpy(), source.features.details.numpy()
        self._squares = source.features.ahead_squares.numpy()
        left = source.ends.numpy() - np.arange(source.frames)
        self._ending = (_ENDING * (1 - left / _ENDING_FRAMES).clip(0)).astype(np.float32)

    def distances(self, target: Tensor) -> Costs:
        """Distances `[frames]` of the recordings from each frame on to a wanted log-mel `[bands]`."""
        wanted = features(target[:, None])[0].numpy()
        squares = self._squares - 2 * (self._ahead @ wanted) + np.square(wanted).sum()
        return np.sqrt(squares.clip(0))

    def staying(self, distances: Costs, place: int) -> float:
        """Cost of going on at a place."""
        return float(distances[place] + self._ending[place])

    def landing(self, distances: Costs, ages: Places) -> Costs:
        """Costs `[frames]` without what was heard before.

        Args:
            ages: `[frames]`, for how long each frame of the recordings has not been played.
        """
        stale = np.exp(-np.minimum(ages, 10_000) / _FADING_FRAMES, dtype=np.float32)
        return np.asarray(distances + np.float32(_STALE) * stale + self._ending, np.float32)

    def joined(
        self, heard: Places, allowed: Places, costs: Costs, target: Tensor, margin: float
    ) -> tuple[Places, Costs]:
        """Places that may be the best ones, of those allowed, and their costs after frames that were heard.

        Args:
            costs: of the allowed places, without what is heard.
            margin: how much dearer than the best one a place may be that is returned.
        """
        best = int(costs.argmin())
        most = costs[best] + self._differences(heard, allowed[best : best + 1], target)[0] + margin
        kept = costs <= most
        return allowed[kept], costs[kept] + self._differences(heard, allowed[kept], target)

    def _differences(self, heard: Places, others: Places, target: Tensor) -> Costs:
        """Weighted differences `[others]` of details, over the audible bands, from the mean ones that were heard."""
        wanted, before = target.numpy(), self._details[heard].mean(0)
        audible = wanted > wanted.max() - RANGE_NEPERS
        weights = (audible / audible.sum()).astype(np.float32)
        blocks = np.split(others, range(_BLOCK, len(others), _BLOCK))
        squares = [np.square(self._details[block] - before) @ weights for block in blocks]
        return np.float32(_JOIN) * np.sqrt(np.concatenate(squares))
