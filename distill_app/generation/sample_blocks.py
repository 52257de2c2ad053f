"""Streams of blocks `[..., n]`: their beginning, their end, and the fades at both."""

from collections.abc import Iterable, Iterator

import numpy as np
import torch
from torch import Tensor

from distill_app.common.errors import VocoderOutputError
from distill_app.dsp.sound import Samples
from distill_app.vocoders.base import Vocoder

RISE_SECONDS, FALL_SECONDS = 0.001, 0.002
"""Fades at the edges of a render, which prevent clicks."""


def finite_samples(samples: Tensor, vocoder: Vocoder) -> Samples:
    """Samples `[..., n]` of a vocoder as an array. Raises VocoderOutputError where one of them is not finite."""
    if not torch.isfinite(samples).all():
        title = vocoder.info.title
        raise VocoderOutputError(
            f"“{title}” gave values that are no sound here; move a slider or choose another vocoder."
        )
    return samples.numpy()


def skip_samples(blocks: Iterable[Samples], lead: int) -> Iterator[Samples]:
    for block in blocks:
        yield block[..., lead:]
        lead = max(0, lead - block.shape[-1])


def truncate(blocks: Iterable[Samples], length: int) -> Iterator[Samples]:
    for block in blocks:
        yield block[..., :length]
        length -= block.shape[-1]
        if length <= 0:
            return


def with_edges(blocks: Iterable[Samples], length: int, sample_rate: int) -> Iterator[Samples]:
    """Blocks with the fades at the edges of the sound."""
    position = 0
    for block in blocks:
        yield apply_edges(block, position, length, sample_rate)
        position += block.shape[-1]


def apply_edges(block: Samples, position: int, length: int, sample_rate: int) -> Samples:
    """Samples `[..., n]` at `position` of a sound of `length` samples, with the fades at its edges."""
    rise, fall = (min(round(seconds * sample_rate), length // 2) for seconds in (RISE_SECONDS, FALL_SECONDS))
    if position >= rise and position + block.shape[-1] <= length - fall:
        return block
    place = np.arange(position, position + block.shape[-1])
    gain = np.minimum(1.0, np.minimum(place / rise, (length - 1 - place) / fall))
    return (block * gain).astype(np.float32)
