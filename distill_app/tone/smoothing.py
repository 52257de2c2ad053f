"""Smoothing and envelopes of log-mels over time, each with a limited reach, so that any part can be computed alone."""

import math
from functools import lru_cache

import torch
import torch.nn.functional as F
from torch import Tensor

_DEVIATIONS = 3.0


def reach_frames(deviation: float) -> int:
    """Frames on either side that a Gaussian of `deviation` frames reads."""
    return math.ceil(_DEVIATIONS * deviation)


def smooth(values: Tensor, deviation: float) -> Tensor:
    """Values `[..., n]` smoothed over time by a Gaussian; beyond the edges they go on as they are there."""
    kernel, frames = _gaussian(deviation), values.shape[-1]
    reach = len(kernel) // 2
    padded = F.pad(values.reshape(1, -1, frames), (reach, reach), mode="replicate")[0]
    size = 1 << (frames + 4 * reach - 1).bit_length()
    spectrum = torch.fft.rfft(padded, size) * torch.fft.rfft(kernel.to(values.dtype), size)
    return torch.fft.irfft(spectrum, size)[:, 2 * reach : 2 * reach + frames].reshape(values.shape)


def smooth_bands(values: Tensor, deviation: float) -> Tensor:
    """Values `[bands, n]` smoothed over neighbouring bands."""
    return smooth(values.T, deviation).T


def smooth_level(levels: Tensor, deviation: float) -> Tensor:
    """Levels `[..., n]` in nepers whose power is smoothed over time."""
    loudest = levels.amax()
    power = smooth((2 * (levels - loudest)).double().exp(), deviation)
    return (power.clamp_min(1e-12).log() / 2).to(levels.dtype) + loudest


def slow_fall(values: Tensor, step: float, reach: int) -> Tensor:
    """Values `[..., n]` that fall by at most `step` a frame, as an envelope follower; it reads `reach` frames back."""
    held, done = values, 0
    while done < reach:
        length = min(done + 1, reach - done)
        earlier = F.pad(held, (length, 0), value=-math.inf)[..., : values.shape[-1]]
        held, done = torch.maximum(held, earlier - step * length), done + length
    return held


def slow_rise(values: Tensor, step: float, reach: int) -> Tensor:
    """Values `[..., n]` that rise by at most `step` a frame from the lowest of the last `reach` frames."""
    return -slow_fall(-values, step, reach)


def local_max(values: Tensor, reach: int) -> Tensor:
    """Largest of the values `[n]` within `reach` frames of each."""
    return F.max_pool1d(values[None, None], 2 * reach + 1, 1, reach)[0, 0]


@lru_cache(maxsize=16)
@torch.inference_mode(False)
def _gaussian(deviation: float) -> Tensor:
    places = torch.arange(-reach_frames(deviation), reach_frames(deviation) + 1)
    kernel = torch.exp(-0.5 * (places / deviation) ** 2)
    return kernel / kernel.sum()
