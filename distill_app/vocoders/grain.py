"""Vocoder of a model's own recordings: it walks through them by the mel, and gives their frames its spectrum."""

from collections.abc import Iterable, Iterator

import numpy as np
import torch
from torch import Tensor

from distill_app.grain.alignment import Positions, aligned_positions
from distill_app.grain.blocks import CONTEXT_FRAMES, GrainBlock, synthesize
from distill_app.grain.frame_features import AHEAD_FRAMES, SMOOTH_FRAMES
from distill_app.grain.shaping import gains, shape
from distill_app.grain.source import Frames, GrainSource
from distill_app.grain.start import recorded_start
from distill_app.grain.targets import mean_power, smooth_power
from distill_app.grain.walk import NO_FRAMES, STEP_FRAMES, Walk
from distill_app.vocoders.base import VocoderInfo
from distill_app.vocoders.chunking import Chunk, cut_chunks, split_batch, validate_blocks

_BLOCK_FRAMES = 8 * STEP_FRAMES
_CONTEXT = max(AHEAD_FRAMES, SMOOTH_FRAMES // 2 + 1)


class GrainVocoder:
    """`distill_app.vocoders.base.Vocoder` of frames of recordings.

    Args:
        source: the recordings.
    """

    context_frames = CONTEXT_FRAMES

    def __init__(self, info: VocoderInfo, source: GrainSource) -> None:
        self.info, self.source = info, source

    @property
    def sample_rate(self) -> int:
        return self.info.mel_format.sample_rate

    def mel_to_waveform(self, mel: Tensor) -> Tensor:
        return torch.stack([self.preview(item) for item in split_batch(mel)])

    def preview(self, mel: Tensor) -> Tensor:
        return torch.cat(list(self.stream([mel])), 1)

    def stream(self, blocks: Iterable[Tensor]) -> Iterator[Tensor]:
        """Samples `[1, n]` of mel blocks: the path through the recordings depends on the mel alone."""
        return self.synthesize_mono(self._blocks(validate_blocks(blocks, self.info.mel_format)))

    def synthesize(self, blocks: Iterable[GrainBlock]) -> Iterator[Tensor]:
        """Samples `[channels, n]` of blocks whose path is known."""
        return synthesize(self.source.spectra, blocks, self.info.mel_format)

    def synthesize_mono(self, blocks: Iterable[GrainBlock]) -> Iterator[Tensor]:
        """Samples `[1, n]` of blocks whose path is known."""
        return synthesize(self.source.mono_spectra, blocks, self.info.mel_format)

    def _blocks(self, blocks: Iterable[Tensor]) -> Iterator[GrainBlock]:
        walk, first = Walk(self.source, (0,)), 0
        path = positions = NO_FRAMES
        for chunk in cut_chunks(blocks, _BLOCK_FRAMES, _CONTEXT):
            stop, target = first + chunk.frames, _Target(chunk, first)
            begun = path if len(path) else np.array([recorded_start(self.source, chunk.mel)])
            path = walk.extend(begun, stop, target)
            positions = aligned_positions(self.source, path, positions)
            yield self._block(chunk, path[first:stop], positions[first:stop])
            first = stop

    def _block(self, chunk: Chunk, path: Frames, positions: Positions) -> GrainBlock:
        wanted = smooth_power(chunk.mel, SMOOTH_FRAMES, 1)[:, chunk.before : chunk.before + chunk.frames]
        band_gains = gains(wanted, self.source.features.smooth[:, path])
        mel = shape(self.source.mel[:, path], band_gains, self.source.silence)
        return GrainBlock(mel, torch.from_numpy(positions), band_gains)


class _Target:
    """Wanted log-mel at a frame of a chunk: its mean power over what is compared."""

    def __init__(self, chunk: Chunk, first: int) -> None:
        self._mel, self._offset = chunk.mel, chunk.before - first

    def __call__(self, frame: int) -> Tensor:
        place = frame + self._offset
        return mean_power(self._mel[:, place : place + AHEAD_FRAMES])
