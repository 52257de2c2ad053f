"""Search for the frame of recordings from which on they resemble a window most."""

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from distill_app.grain.frame_features import POOL_FRAMES
from distill_app.grain.source import GrainSource
from distill_app.grain.targets import features, heard

_OFFSETS = (-4, -2, 0, 2, 4), (-1, 0, 1)
"""Frames around the place where the recordings resemble a window most, first roughly, then around the best of them."""


def recorded_start(source: GrainSource, window: Tensor) -> int:
    """Frame of the recordings from which on they resemble a log-mel `[bands, n]` most."""
    wanted = features(window)
    best = int(np.where(source.usable.numpy(), _course_costs(source, wanted), np.inf).argmin())
    near = _usable_near(source, best, POOL_FRAMES)
    return min(near, key=lambda frame: _exact_cost(source, frame, wanted), default=best)


def modelled_start(source: GrainSource, window: Tensor) -> int:
    """Frame from which on the recordings, as the model knows them, resemble a window `[bands, n]` of the model most.

    The model hardly knows the details of a recording, so that neighbouring frames of it are about as near to the
    window; as the model decodes them, the one that the window stands for is the nearest by far.
    """
    best = recorded_start(source, window)
    for offsets in _OFFSETS:
        near = [best + each for each in offsets if 0 <= best + each < source.frames and source.usable[best + each]]
        if near:
            best = near[int(_modelled_costs(source, near, window).argmin())]
    return best


def _modelled_costs(source: GrainSource, frames: list[int], window: Tensor) -> Tensor:
    known = source.reconstruct(source.windows(frames, window.shape[1]))
    return (heard(known, window) - heard(window, window)).square().mean((1, 2))


def _usable_near(source: GrainSource, frame: int, reach: int) -> list[int]:
    first = max(0, frame - reach)
    return (first + source.usable[first : frame + reach + 1].nonzero()[:, 0]).tolist()


def _course_costs(source: GrainSource, wanted: Tensor) -> NDArray[np.float32]:
    """Squared distance, but for a constant, of the recordings from each frame on to wanted features `[n, k]`."""
    pooled = source.features.pooled
    squares, total = pooled.square().sum(1), torch.zeros(len(pooled))
    for first in range(0, len(wanted), POOL_FRAMES):
        costs = squares - 2 * (pooled @ wanted[first : first + POOL_FRAMES].mean(0))
        total += torch.cat([costs[first:], costs[-1:].expand(min(first, len(costs)))])[: len(total)]
    return total.numpy()


def _exact_cost(source: GrainSource, frame: int, wanted: Tensor) -> float:
    found = source.features.single[frame : frame + len(wanted)]
    return float((found - wanted[: len(found)]).square().sum(1).mean())
