"""Features by which frames of recordings are compared with the mel that is wanted.

A feature is the level of a group of neighbouring bands less the mean level of all groups; that mean is the last
feature. The distance of two feature vectors is the RMS difference of their groups in nepers, and a part for the level.
"""

import torch
from torch import Tensor

GROUPS = 32
"""Groups of neighbouring bands."""
LEVEL_WEIGHT = 0.3
"""Weight of a difference in level against one in spectrum, both in nepers."""
RANGE_NEPERS = 60 / 8.686
"""60 dB: what is softer than the loudest cell by more is not heard, but would count most where mels are compared."""
_PARTS = 8
"""Parts in which sums in double precision are made, as they take several times the memory of the recordings' mel."""
_POWER_FLOOR = 1e-10
"""Squared magnitude at the floor of a mel."""


def features(mel: Tensor) -> Tensor:
    """Features `[n, GROUPS + 1]` of log-mels `[bands, n]`."""
    groups = _grouped(mel)
    level = groups.mean(1, keepdim=True)
    return torch.cat([(groups - level) / groups.shape[1] ** 0.5, LEVEL_WEIGHT * level], 1)


def _grouped(mel: Tensor) -> Tensor:
    """Means `[n, groups]` of groups of neighbouring bands of `[bands, n]`."""
    bands, count = mel.shape[0], min(GROUPS, mel.shape[0])
    if bands % count:
        return torch.stack([part.mean(0) for part in mel.tensor_split(count)], 1)
    return mel.reshape(count, bands // count, -1).mean(1).T


def heard(mel: Tensor, loudest: Tensor) -> Tensor:
    """Log-mel `[..., bands, n]` without what lies RANGE_NEPERS below the loudest cell of another one."""
    return mel.clamp_min(float(loudest.max()) - RANGE_NEPERS)


def mean_ahead(values: Tensor, count: int) -> Tensor:
    """Mean `[n, k]` over the `count` rows from each row of `[n, k]` on; towards the end over fewer."""
    return torch.cat([_mean_ahead(part, count) for part in values.chunk(_PARTS, 1)], 1)


def _mean_ahead(values: Tensor, count: int) -> Tensor:
    first = torch.arange(len(values))
    last = (first + count).clamp(max=len(values))
    sums = torch.nn.functional.pad(values.double(), (0, 0, 1, 0)).cumsum(0)
    return ((sums[last] - sums[first]) / (last - first)[:, None]).float()


def power_ahead(mel: Tensor, count: int) -> Tensor:
    """Log-mel `[bands, n]` of the mean power over the `count` frames from each frame of `[bands, n]` on."""
    return mean_ahead((2 * mel).exp().T, count).T.clamp_min(_POWER_FLOOR).log() / 2


def mean_power(mel: Tensor) -> Tensor:
    """Log-mel `[..., bands]` of the mean power over the frames of `[..., bands, n]`."""
    return (2 * mel).exp().mean(-1).clamp_min(_POWER_FLOOR).log() / 2


def smooth_power(mel: Tensor, frames: int, bands: int) -> Tensor:
    """Log-mel `[bands, n]` whose power is the mean over `frames` frames and `bands` bands around each cell.

    Both counts are odd. At the edges the mean is over fewer cells.
    """
    power = torch.cat([_moving_mean((2 * part.double()).exp(), frames) for part in mel.chunk(_PARTS)])
    smoothed = (_moving_mean(part.T, bands).T for part in power.chunk(_PARTS, 1))
    return torch.cat([part.clamp_min(_POWER_FLOOR).log().float() / 2 for part in smoothed], 1)


def smooth_bands(mel: Tensor, bands: int) -> Tensor:
    """Log-mel `[..., bands]` whose power is the mean over neighbouring bands."""
    return _moving_mean((2 * mel.double()).exp(), bands).clamp_min(_POWER_FLOOR).log().float() / 2


def _moving_mean(values: Tensor, count: int) -> Tensor:
    """Mean of the `count` columns around each column of `[..., n]`, near the edges of fewer."""
    first, last, counts = _neighbours(values.shape[-1], count)
    sums = torch.nn.functional.pad(values, (1, 0)).cumsum(-1)
    return (sums[..., last] - sums[..., first]) / counts


def _neighbours(columns: int, count: int) -> tuple[Tensor, Tensor, Tensor]:
    """Begin and end of the `count` columns around each of `[columns]`, and how many they are."""
    here = torch.arange(columns)
    first, last = (here - count // 2).clamp(min=0), (here + count // 2 + 1).clamp(max=columns)
    return first, last, last - first
