"""Keeps the peaks of the recordings' frames below a ceiling, by what is known of them before they are added up.

The peak of a frame is that of the recording under it, changed by as much as its level is. The gain depends on the last
frames only, so that it is the same wherever a render begins, and for the pieces of a playing sound.
"""

import math
from dataclasses import replace
from functools import cached_property

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from distill_app.generation.config import STRETCH_FRAMES
from distill_app.generation.texture import Texture
from distill_app.grain.blocks import GrainBlock
from distill_app.grain.source import GrainSource
from distill_app.models.loudness import NATS_PER_DB, frame_levels
from distill_app.models.window import WINDOW_FRAMES

_HOLD_FRAMES, _RISE_FRAMES = 86, 43
"""Frames (1 s, 0.5 s) for which a gain stays low after a peak, and over which it rises again."""
_CREST = 1.5
"""Nepers (13 dB) by which the peak of a frame of a held sound exceeds its level at most: where the filter brings out
bands that the loudest sample had no part in, its peak says too much."""
_QUIET = 1e-9
Gains = NDArray[np.float64]


class LimitedTexture:
    """Texture whose frames are turned down where they would exceed an amplitude.

    Args:
        ceiling: amplitude of the mono signal.
        hits: whether the texture is a hit, which has one gain from its first window.
    """

    def __init__(self, texture: Texture, source: GrainSource, ceiling: float, hits: bool) -> None:
        self._texture, self._source, self._ceiling, self._hits = texture, source, ceiling, hits
        self._stretch, self._needed = -1, np.empty(0)

    def shaped(self, start: int, stop: int) -> GrainBlock:
        block = self._texture.shaped(start, stop)
        gains = np.full(stop - start, self._hit_gain) if self._hits else self._gains(start, stop)
        if not gains.any():
            return block
        lower = torch.from_numpy(gains.astype(np.float32))
        mel = torch.where(block.mel <= self._source.silence, block.mel, block.mel + lower)
        return replace(block, mel=mel.clamp_min(self._source.silence), gains=block.gains + lower)

    @cached_property
    def _hit_gain(self) -> float:
        """Gain of a hit, in nepers."""
        return float(self._needed_between(0, WINDOW_FRAMES).min())

    def _gains(self, start: int, stop: int) -> Gains:
        """Gains in nepers, at most 0: the lowest that a frame of the last second needs, rising slowly."""
        parts = []
        while start < stop:
            first = start // STRETCH_FRAMES * STRETCH_FRAMES
            end = min(stop, first + STRETCH_FRAMES)
            before = max(first, start - _HOLD_FRAMES - _RISE_FRAMES)
            parts.append(_held(self._known(first, before, end), start - before))
            start = end
        return np.concatenate(parts)

    def _known(self, first: int, start: int, stop: int) -> Gains:
        """Needed gains of frames of the stretch that begins at `first`; each is computed once."""
        if first != self._stretch:
            self._stretch, self._needed = first, np.full(STRETCH_FRAMES, np.nan)
        wanted = self._needed[start - first : stop - first]
        missing = np.flatnonzero(np.isnan(wanted))
        if len(missing):
            begin, end = int(missing[0]), int(missing[-1]) + 1
            wanted[begin:end] = self._needed_between(start + begin, start + end)
        return wanted

    def _needed_between(self, start: int, stop: int) -> Gains:
        """Gains in nepers, at most 0, that bring the predicted peak of each frame down to the ceiling."""
        block = self._texture.shaped(start, stop)
        level = self._levels(block.mel)
        peaks = (
            self._source.peaks.at(block.positions).clamp_min(_QUIET).log()
            + level
            - self._levels(block.mel - block.gains)
        )
        if not self._hits:
            peaks = torch.minimum(peaks, level + _CREST)
        return (math.log(self._ceiling) - peaks).clamp_max(0).double().numpy()

    def _levels(self, mel: Tensor) -> Tensor:
        """RMS levels `[n]` of the samples under the frames of a log-mel `[bands, n]`, in nepers."""
        return NATS_PER_DB * frame_levels(mel[None], self._source.mel_format)[0]


def _held(needed: Gains, skip: int) -> Gains:
    """Gains `[n - skip]`: the lowest of the last _HOLD_FRAMES, averaged over _RISE_FRAMES, but low at once."""
    padded = np.concatenate([np.zeros(_HOLD_FRAMES - 1), needed])
    lowest = np.lib.stride_tricks.sliding_window_view(padded, _HOLD_FRAMES).min(1)
    sums = np.cumsum(np.concatenate([[0.0], lowest]))
    last = np.arange(1, len(lowest) + 1)
    begin = np.maximum(0, last - _RISE_FRAMES)
    return np.minimum(lowest, (sums[last] - sums[begin]) / (last - begin))[skip:]
