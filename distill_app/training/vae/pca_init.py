"""The windows from whose principal components a network begins, in bounded time and memory however long the corpus."""

from collections.abc import Iterator, Sequence

import torch
from torch import Tensor

from distill_app.corpus.mel_sources import Mel, evenly_spaced_windows
from distill_app.models.pca_vae import PcaVAE
from distill_app.training.vae.sampler import WindowSampler

OWN_MAX, VARIED = 1_200, 1_800
"""Windows as they were recorded, evenly taken, and varied ones, drawn."""
_HOP = 8
_BATCHES_AT_ONCE = 16


def begin(vae: PcaVAE, learned: Sequence[Mel], sampler: WindowSampler, seed: int) -> Iterator[None]:
    """Gives the network its components; yields now and then. Left before its end it has done nothing."""
    parts = [sampler.scaled(_own(learned))]
    while sum(map(len, parts[1:])) < VARIED:
        parts.append(torch.cat([sampler.batch() for _ in range(_BATCHES_AT_ONCE)]))
        yield
    vae.initialize(_joined(parts), seed)


def _own(learned: Sequence[Mel]) -> Tensor:
    frames = sum(mel.frames for mel in learned)
    return evenly_spaced_windows(learned, max(_HOP, frames // OWN_MAX), OWN_MAX)


def _joined(parts: list[Tensor]) -> Tensor:
    """One after the other, each given up as soon as it is copied: half the memory of `torch.cat`."""
    joined = torch.empty(sum(map(len, parts)), *parts[0].shape[1:])
    place = 0
    while parts:
        part = parts.pop(0)
        joined[place : place + len(part)] = part
        place += len(part)
    return joined
