"""Costs, in nepers, of a jump to a place of the recordings.

A place costs its distance to what is wanted; more where it was played not long ago, and where its recording ends soon;
and how much it differs from what is heard until then, once both have the wanted spectrum: tones of another pitch, noise
after tones.
"""

from weakref import WeakKeyDictionary

import numpy as np
import torch
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
    """Costs of the frames of a source as places to go on from.

    Products are torch's: numpy would make them in threads, which wait for each other where other work is done.
    """

    def __init__(self, source: GrainSource) -> None:
        self._ahead, self._details = source.features.ahead, source.features.details
        self._squares = source.features.ahead_squares
        left = source.ends.numpy() - np.arange(source.frames)
        self._ending = (_ENDING * (1 - left / _ENDING_FRAMES).clip(0)).astype(np.float32)
        self._latest: tuple[Tensor, Costs] | None = None

    @classmethod
    def of(cls, source: GrainSource) -> "PlaceCosts":
        """Costs of a source, which are kept for as long as it is."""
        known = _known.get(source)
        if known is None:
            known = _known[source] = cls(source)
        return known

    def distances(self, target: Tensor) -> Costs:
        """Distances `[frames]` of the recordings from each frame on to a wanted log-mel `[bands]`; the latest are kept.

        They are shared: do not write to them.
        """
        latest = self._latest
        if latest is None or not torch.equal(latest[0], target):
            wanted = features(target[:, None])[0]
            squares = self._squares - 2 * (self._ahead @ wanted) + wanted.square().sum()
            self._latest = latest = target, squares.clamp_min_(0).sqrt_().numpy()
        return latest[1]

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
        before = self._details[torch.from_numpy(heard)].mean(0)
        audible = (target > target.max() - RANGE_NEPERS).float()
        weights = audible / audible.sum()
        blocks = torch.split(torch.from_numpy(others), _BLOCK)
        squares = torch.cat([(self._details[block] - before).square_() @ weights for block in blocks])
        return np.asarray(_JOIN * squares.sqrt_().numpy(), np.float32)


_known: WeakKeyDictionary[GrainSource, PlaceCosts] = WeakKeyDictionary()
