"""Joining decoded windows into one mel, in the power domain, so that levels stay right where they overlap."""

from collections.abc import Iterable, Iterator

import torch
from torch import Tensor


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

    A weighted mean of powers: where all windows agree, the result is that window, whatever the weights. The last
    window's tail is not given out.
    """
    power: Tensor | None = None
    weight = torch.empty(0)
    for window in windows:
        weights = fade_weights(window.shape[-1], hop)
        added = (2 * window).exp() * weights
        if power is None:
            power, weight = added, weights
        else:
            power, weight = _shifted(power, hop) + added, _shifted(weight, hop) + weights
        yield 0.5 * torch.log(power[..., :hop] / weight[:hop])


def _shifted(values: Tensor, hop: int) -> Tensor:
    """The same `hop` frames later, silence behind."""
    return torch.nn.functional.pad(values[..., hop:], (0, hop))
