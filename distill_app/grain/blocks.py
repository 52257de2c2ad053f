"""Part of a mel, with the frames of the recordings that it was made of."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import torch
from torch import Tensor

from distill_app.grain.source import GrainSource, channels_mel
from distill_app.grain.synthesis import add_frames, shaped_frames

CONTEXT_FRAMES = 2
"""Frames on either side of a frame whose transforms overlap it."""


@dataclass(frozen=True, eq=False)
class GrainBlock:
    """Consecutive frames of a sound.

    Args:
        mel: `[bands, n]`, log-mel of the sound.
        positions: `[n]`, positions of its frames in the recordings.
    """

    mel: Tensor
    positions: Tensor


@torch.inference_mode()
def synthesize(source: GrainSource, blocks: Iterable[GrainBlock]) -> Iterator[Tensor]:
    """Samples `[channels, n]`, a hop for each frame: frames of the recordings with gains that give them the mel.

    The first frame is preceded by those before it in its recording.
    """
    skip = CONTEXT_FRAMES * source.mel_format.hop
    for samples in add_frames(_shaped(source, _with_lead(source, blocks)), source.mel_format):
        yield samples[:, skip:]
        skip = max(0, skip - samples.shape[1])


def _with_lead(source: GrainSource, blocks: Iterable[GrainBlock]) -> Iterator[GrainBlock]:
    has_begun = False
    for block in blocks:
        if not has_begun and block.mel.shape[1]:
            has_begun = True
            before = block.positions[0] + torch.arange(-CONTEXT_FRAMES, 0) * source.mel_format.hop
            yield GrainBlock(block.mel[:, :1] + _rise(source, block.positions[:1], before), before)
        yield block


def _rise(source: GrainSource, first: Tensor, before: Tensor) -> Tensor:
    """Difference `[bands, n]` of the recordings' mels before a first position to the one there."""
    return source.mel_at(before) - source.mel_at(first)


def _shaped(source: GrainSource, blocks: Iterable[GrainBlock]) -> Iterator[Tensor]:
    for block in blocks:
        spectra = source.spectra(block.positions)
        band_gains = block.mel - channels_mel(spectra, source.mel_format)
        yield shaped_frames(spectra, band_gains, source.mel_format)
