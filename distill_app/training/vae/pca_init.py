"""PCA initialization of a network, in bounded time and RAM for any length of corpus."""

from collections.abc import Iterator, Sequence

import torch
from torch import Tensor

from distill_app.corpus.mel_sources import Mel, evenly_spaced_windows
from distill_app.models.pca_vae import PcaVAE
from distill_app.training.vae.sampler import WindowSampler

UNVARIED_MAX, VARIED = 1_200, 1_800
"""Numbers of windows: unvaried ones, evenly spaced, and augmented ones, sampled at random."""
_HOP = 8
_BATCHES_AT_ONCE = 16


def initialize_from_pca(vae: PcaVAE, mels: Sequence[Mel], sampler: WindowSampler, seed: int) -> Iterator[None]:
    """Initialize the network with principal components; yields now and then. Closed early, it changes nothing."""
    parts = [sampler.scaled(_unvaried_windows(mels))]
    while sum(map(len, parts[1:])) < VARIED:
        parts.append(torch.cat([sampler.batch() for _ in range(_BATCHES_AT_ONCE)]))
        yield
    vae.initialize(_concatenate(parts), seed)


def _unvaried_windows(mels: Sequence[Mel]) -> Tensor:
    frames = sum(mel.frames for mel in mels)
    return evenly_spaced_windows(mels, max(_HOP, frames // UNVARIED_MAX), UNVARIED_MAX)


def _concatenate(parts: list[Tensor]) -> Tensor:
    """Concatenation that releases each part once it is copied: half the RAM of `torch.cat`."""
    joined = torch.empty(sum(map(len, parts)), *parts[0].shape[1:])
    place = 0
    while parts:
        part = parts.pop(0)
        joined[place : place + len(part)] = part
        place += len(part)
    return joined
