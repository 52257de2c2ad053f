"""Part of a mel, with the frames of the recordings that it was made of."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace

import torch
from torch import Tensor

from distill_app.dsp.mel_format import MelFormat
from distill_app.grain.synthesis import add_frames, shaped_frames

CONTEXT_FRAMES = 2
"""Frames on either side of a frame whose transforms overlap it."""
Spectra = Callable[[Tensor, float], Tensor]
"""Complex spectra `[channels, bins, n]` of the frames at positions `[n]`, read at a ratio of their speed."""


@dataclass(frozen=True, eq=False)
class GrainBlock:
    """Consecutive frames of a sound.

    Args:
        mel: `[bands, n]`, log-mel of the sound.
        positions: `[n]`, positions of its frames in the recordings; between samples where it is transposed.
        gains: `[bands, n]`, from the recordings' log-mel there to that of the sound, in nepers.
        ratio: speed at which the frames are read, which is the ratio of all frequencies.
    """

    mel: Tensor
    positions: Tensor
    gains: Tensor
    ratio: float = 1.0

    def with_mel(self, mel: Tensor) -> "GrainBlock":
        """Block of the same frames with another log-mel."""
        return replace(self, mel=mel, gains=self.gains + mel - self.mel)

    def part(self, start: int, stop: int) -> "GrainBlock":
        """Its frames from `start` to `stop`."""
        frames = slice(start, stop)
        return GrainBlock(self.mel[:, frames], self.positions[frames], self.gains[:, frames], self.ratio)


@torch.inference_mode()
def synthesize(spectra: Spectra, blocks: Iterable[GrainBlock], mel_format: MelFormat) -> Iterator[Tensor]:
    """Samples `[channels, n]`, a hop for each frame: frames of the recordings with their gains.

    The first frame is preceded by those before it in its recording.

    Args:
        spectra: those of the recordings in one or more channels, all of which get the same gains.
    """
    skip = CONTEXT_FRAMES * mel_format.hop
    for samples in add_frames(_shaped(spectra, _with_lead(blocks, mel_format.hop), mel_format), mel_format):
        yield samples[:, skip:]
        skip = max(0, skip - samples.shape[1])


def _with_lead(blocks: Iterable[GrainBlock], hop: int) -> Iterator[GrainBlock]:
    has_begun = False
    for block in blocks:
        is_first = not has_begun and bool(block.mel.shape[1])
        has_begun = has_begun or is_first
        yield _after_lead(block, hop) if is_first else block


def _after_lead(block: GrainBlock, hop: int) -> GrainBlock:
    steps = torch.arange(-CONTEXT_FRAMES, 0) * hop
    before = block.positions[0] + (steps if block.ratio == 1 else steps.double() * block.ratio)
    mel, gains = (torch.cat([each[:, :1].expand(-1, CONTEXT_FRAMES), each], 1) for each in (block.mel, block.gains))
    return GrainBlock(mel, torch.cat([before, block.positions]), gains, block.ratio)


def _shaped(spectra: Spectra, blocks: Iterable[GrainBlock], mel_format: MelFormat) -> Iterator[Tensor]:
    for block in blocks:
        yield shaped_frames(spectra(block.positions, block.ratio), block.gains, mel_format)
