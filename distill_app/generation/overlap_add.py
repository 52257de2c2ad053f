"""Overlap-add of decoded mel windows in the power domain, which keeps the level where they overlap."""

from collections.abc import Iterable, Iterator

import torch
from torch import Tensor

_STANDS_OUT_DB, _CERTAIN_DB = 3.0, 12.0
"""Rise in dB over the window's beginning and over the preceding sound at which a frame begins to count as an attack,
and surely is one."""
_DB_PER_NAT_OF_POWER = 4.342944819
_SILENCE = 1e-12


def fade_weights(frames: int, hop: int) -> Tensor:
    """Raised-cosine weights `[frames]` that rise and fall over the `frames - hop` frames of the overlap.

    ::

        window 0  ████████▆▄▂
        window 1          ▂▄▆████████▆▄▂
                  |- hop -|
    """
    overlap = frames - hop
    if not 0 < overlap < frames:
        raise ValueError("windows have to overlap and to advance")
    ramp = torch.sin(torch.linspace(0, torch.pi / 2, overlap + 2)[1:-1]).square()
    rise = torch.cat([ramp, torch.ones(frames - overlap)])
    return torch.minimum(rise, rise.flip(0))


def join_windows(windows: Iterable[Tensor], hop: int) -> Iterator[Tensor]:
    """Log-mel blocks `[..., bands, hop]` of log-mel windows `[..., bands, frames]` that begin every `hop` frames.

    The result is a weighted mean of powers: where all windows are equal, it is that window. From an attack on, a window
    has full weight while the windows before fade out, so that each repetition of a hit is as loud as the first. The
    last window's tail is dropped.
    """
    power: Tensor | None = None
    weight = torch.empty(0)
    for window in windows:
        weights, added = fade_weights(window.shape[-1], hop), (2 * window).exp()
        if power is None:
            power, weight = added * weights, weights
        else:
            before, weight = _shift_left(power, hop), _shift_left(weight, hop)
            attack = _attack_certainty(before / weight.clamp_min(_SILENCE), added)[..., None, :] * weight
            power, weight = before + added * (weights + attack), weight + weights
        yield 0.5 * torch.log(power[..., :hop] / weight[:hop])


def _attack_certainty(before: Tensor, window: Tensor) -> Tensor:
    """Certainty `[..., frames]`, 0 … 1, that each frame of a window comes after an attack in it.

    Args:
        before: powers `[..., bands, frames]` of the preceding windows.
        window: powers `[..., bands, frames]` of the window.
    """
    level, over = (_DB_PER_NAT_OF_POWER * torch.log(each.sum(-2) + _SILENCE) for each in (window, before))
    least = torch.cummin(level, -1).values
    stands_out = level - torch.maximum(least, over)
    sure = ((stands_out - _STANDS_OUT_DB) / (_CERTAIN_DB - _STANDS_OUT_DB)).clamp(0, 1)
    return torch.cummax(sure, -1).values


def _shift_left(values: Tensor, hop: int) -> Tensor:
    """Values shifted by `hop` frames to the left, padded with zeros."""
    return torch.nn.functional.pad(values[..., hop:], (0, hop))
