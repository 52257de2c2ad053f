"""Pitch of each frame by YIN (de Cheveigné & Kawahara 2002), steps 1 to 5, with a precision far below a cent."""

from dataclasses import dataclass

import torch
from torch import Tensor

_LOW_HZ, _HIGH_HZ = 50.0, 1_000.0
_HOP = 512
_THRESHOLD = 0.1
_NEAR = 2 ** (3 / 12)
_TINY = 1e-12


@dataclass(frozen=True, eq=False)
class Pitches:
    """Frequency `hertz [frames]` of the best period, and whether the frame is periodic enough, `voiced [frames]`."""

    hertz: Tensor
    voiced: Tensor


def yin(samples: Tensor, sample_rate: int) -> Pitches:
    """Pitch of mono samples `[n]`: 50 to 1,000 Hz, every 512 samples, over two of the longest periods."""
    shortest, longest = round(sample_rate / _HIGH_HZ), round(sample_rate / _LOW_HZ)
    difference = _difference(samples.double(), 2 * longest, longest + 1)
    normal = _normalise(difference)
    lags = _first_dips(normal[:, shortest:-1], normal[:, shortest - 1 : -2], normal[:, shortest + 1 :]) + shortest
    depth = normal.gather(1, lags[:, None])[:, 0]
    return Pitches(sample_rate / _refine_lags(difference, lags), depth < _THRESHOLD)


def track_pitch(samples: Tensor, sample_rate: int, hertz: Tensor) -> Tensor:
    """Pitch `[frames]` of the best period within three semitones of each of `hertz [frames]`."""
    shortest, longest = round(sample_rate / _HIGH_HZ), round(sample_rate / _LOW_HZ)
    difference = _difference(samples.double(), 2 * longest, longest + 1)
    normal = _normalise(difference)
    lags, wanted = torch.arange(normal.shape[1]), sample_rate / hertz[:, None]
    near = (lags >= wanted / _NEAR) & (lags <= wanted * _NEAR) & (lags >= shortest - 1) & (lags <= longest)
    return sample_rate / _refine_lags(difference, torch.where(near, normal, torch.inf).argmin(1))


def _difference(samples: Tensor, window: int, lags: int) -> Tensor:
    """Difference function `[frames, lags + 1]` (equation 6)."""
    size = window + lags
    frames = torch.nn.functional.pad(samples, (0, max(0, size - len(samples)))).unfold(0, size, _HOP)
    fft = 2 ** (size + window).bit_length()
    spectrum = torch.fft.rfft(frames, fft)
    products = torch.fft.irfft(spectrum * torch.fft.rfft(frames[:, :window], fft).conj(), fft)[:, : lags + 1]
    sums = torch.nn.functional.pad(frames.square().cumsum(1), (1, 0))
    energies = sums[:, window:] - sums[:, : lags + 1]
    return (energies[:, :1] + energies - 2 * products).clamp_min(0)


def _normalise(difference: Tensor) -> Tensor:
    """Difference divided by its mean over shorter lags (equation 8); 1 for silence, which is not voiced."""
    mean = difference[:, 1:].cumsum(1) / torch.arange(1, difference.shape[1])
    rest = torch.where(mean > _TINY, difference[:, 1:] / mean.clamp_min(_TINY), 1.0)
    return torch.nn.functional.pad(rest, (1, 0), value=1.0)


def _first_dips(inside: Tensor, before: Tensor, after: Tensor) -> Tensor:
    """Lag of the first local minimum below the threshold, or of the lowest value."""
    dips = (inside < _THRESHOLD) & (inside <= before) & (inside < after)
    return torch.where(dips.any(1), dips.int().argmax(1), inside.argmin(1))


def _refine_lags(difference: Tensor, lags: Tensor) -> Tensor:
    """Lags at the vertex of the parabola through each minimum and its neighbours."""
    left, middle, right = (difference.gather(1, (lags + step)[:, None])[:, 0] for step in (-1, 0, 1))
    bend = left - 2 * middle + right
    return lags + torch.where(bend > _TINY, (left - right) / (2 * bend.clamp_min(_TINY)), 0.0).clamp(-1, 1)
