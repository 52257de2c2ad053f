"""Joining decoded windows into one mel, in the power domain, so that levels stay right where they overlap."""

from collections.abc import Iterable, Iterator

import torch
from torch import Tensor

_STANDS_OUT_DB, _CERTAIN_DB = 3.0, 12.0
"""A frame of the next window that rises by so much over its beginning, and is so much louder than what it comes in
over, begins to be an attack, and is one."""
_DB_PER_NAT_OF_POWER = 4.342944819
_SILENCE = 1e-12


def fade_weights(frames: int, hop: int) -> Tensor:
    """Raised-cosine rise and fall `[frames]` over the `frames - hop` frames that two neighbours share.

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
    """Mel blocks `[..., bands, hop]` of log-mel windows `[..., bands, frames]` that begin every `hop` frames.

    A weighted mean of powers: where all windows agree, the result is that window, whatever the weights. But from an
    attack on, a window is heard in full while what was before fades out, so that a hit is as loud each time as it is
    the first time. The last window's tail is not given out.
    """
    power: Tensor | None = None
    weight = torch.empty(0)
    for window in windows:
        weights, added = fade_weights(window.shape[-1], hop), (2 * window).exp()
        if power is None:
            power, weight = added * weights, weights
        else:
            before, weight = _shifted(power, hop), _shifted(weight, hop)
            attack = _attack(before / weight.clamp_min(_SILENCE), added)[..., None, :] * weight
            power, weight = before + added * (weights + attack), weight + weights
        yield 0.5 * torch.log(power[..., :hop] / weight[:hop])


def _attack(before: Tensor, window: Tensor) -> Tensor:
    """Certainty, 0 … 1, that each frame of a window comes after an attack in it, `[..., frames]`.

    Args:
        before: powers `[..., bands, frames]` that it comes in over.
        window: its powers, `[..., bands, frames]`.
    """
    level, over = (_DB_PER_NAT_OF_POWER * torch.log(each.sum(-2) + _SILENCE) for each in (window, before))
    least = torch.cummin(level, -1).values
    stands_out = level - torch.maximum(least, over)
    sure = ((stands_out - _STANDS_OUT_DB) / (_CERTAIN_DB - _STANDS_OUT_DB)).clamp(0, 1)
    return torch.cummax(sure, -1).values


def _shifted(values: Tensor, hop: int) -> Tensor:
    """The same `hop` frames later, silence behind."""
    return torch.nn.functional.pad(values[..., hop:], (0, hop))
