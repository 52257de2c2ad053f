"""Segments of recordings one after another."""

from collections.abc import Sequence

import torch
from torch import Tensor


def frames_by_segment(
    starts: Sequence[int], stops: Sequence[int], samples: Sequence[int], frames: int, hop: int
) -> Tensor:
    """Frame `[frames]` of the sample of each frame's segment, given one for each; 0 between segments."""
    found = torch.zeros(frames, dtype=torch.long)
    for start, stop, sample in zip(starts, stops, samples, strict=True):
        found[start // hop : stop // hop] = sample // hop
    return found


def mono_weights(weights: Sequence[float], channels: int) -> list[float]:
    """Factors of `channels` channels that a segment of one or of all of them is played in; by default their mean."""
    return list(weights) if len(weights) == channels else [sum(weights or (1.0,)) / channels] * channels
