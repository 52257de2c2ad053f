"""Texture that is read at another speed, or at another pitch."""

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from distill_app.common.lru_cache import LruCache
from distill_app.generation.texture import RecordedTexture
from distill_app.grain.alignment import quick_shift
from distill_app.grain.blocks import GrainBlock
from distill_app.grain.shaping import shape
from distill_app.grain.source import GrainSource
from distill_app.models.loudness import k_levels
from distill_app.tone.smoothing import reach_frames, smooth_level
from distill_app.tone.warp import warped

_PIECE_FRAMES = 4
"""Frames (46 ms) that are read in one go, before the reading returns to where the sound is."""
_CHAIN_PIECES = 64
"""Pieces (3 s) whose places depend on each other."""
_BLOCK_FRAMES, _BLOCKS_KEPT = 96, 16
_HELD_FRAMES = 8.0
"""Deviation over which the level of the frames is held."""
_LOUDER_MAX = 1.5
_LEVEL_STEP = 2
"""Frames of which one is measured, so that the level is held."""


@dataclass(frozen=True)
class Pace:
    """Frames of a path that are heard at frames of a sound.

    Args:
        frame: of the sound, from which on the speed holds.
        path_frame: that is heard there.
        speed: frames of the path for each frame of the sound.
        is_hit: whether what is before `frame` is silence before an onset, and no sound.
    """

    frame: int = 0
    path_frame: int = 0
    speed: float = 1.0
    is_hit: bool = False

    @property
    def is_plain(self) -> bool:
        """Whether a frame of the path is heard at that of the sound with the same number."""
        return self.speed == 1 and self.frame == self.path_frame

    def at(self, frames: NDArray[np.int64]) -> NDArray[np.float64]:
        """Frames of the path, with fractions, at frames `[n]` of the sound."""
        paced = self.path_frame + (frames - self.frame) * self.speed
        if not self.is_hit and self.frame > 0:  # before it, the path is run through evenly
            paced = np.where(frames < self.frame, frames * (self.path_frame / self.frame), paced)
        return np.maximum(paced, 0.0)


class StretchedTexture:
    """A texture at another pitch or another speed.

    Recordings are read in pieces at the speed that gives their pitch. Each piece begins where the pace has come to, or
    a few milliseconds beside it, where its wave goes on as that of the piece before (WSOLA: Verhelst and Roelands,
    ICASSP 1993).

    Args:
        pitch_ratio: factor of all frequencies.
        exact_mel: whether its mel is that of the transposed frames, for another vocoder, or just near it.
    """

    def __init__(
        self, texture: RecordedTexture, source: GrainSource, pace: Pace, pitch_ratio: float, exact_mel: bool
    ) -> None:
        self._texture, self._source, self._pace, self._exact_mel = texture, source, pace, exact_mel
        self._ratio = round(source.mel_format.n_fft * pitch_ratio) / source.mel_format.n_fft
        self._shifts: LruCache[int, list[int]] = LruCache(_BLOCKS_KEPT)
        self._blocks: LruCache[int, GrainBlock] = LruCache(_BLOCKS_KEPT)

    def shaped(self, start: int, stop: int) -> GrainBlock:
        first = start // _BLOCK_FRAMES
        blocks = [self._block(number) for number in range(first, (stop - 1) // _BLOCK_FRAMES + 1)]
        joined = GrainBlock(
            torch.cat([each.mel for each in blocks], 1),
            torch.cat([each.positions for each in blocks]),
            torch.cat([each.gains for each in blocks], 1),
            self._ratio,
        )
        return joined.part(start - first * _BLOCK_FRAMES, stop - first * _BLOCK_FRAMES)

    def _block(self, number: int) -> GrainBlock:
        known = self._blocks.find(number)
        if known is not None:
            return known
        around = reach_frames(_HELD_FRAMES)
        start, stop = number * _BLOCK_FRAMES, (number + 1) * _BLOCK_FRAMES
        first = max(0, start - around)
        block = self._level_held(first, stop + around)
        return self._blocks.put(number, block.part(start - first, stop - first))

    def _level_held(self, start: int, stop: int) -> GrainBlock:
        """Frames from `start` to `stop` at the K-weighted level of the texture there."""
        frames, mel_format = self._reading(start, stop), self._source.mel_format
        paced = self._pace.at(np.arange(start, stop))
        first = int(min(frames.min(), paced.min()))
        block = self._texture.shaped(first, int(max(frames.max(), paced.max())) + 1)
        here, there = (np.floor(each).astype(np.int64) - first for each in (frames, paced))
        before = smooth_level(k_levels(block.mel[:, there], mel_format), _HELD_FRAMES)
        positions = block.positions[here] + torch.from_numpy((frames % 1) * mel_format.hop)
        gains = warped(block.gains[:, here], self._ratio, mel_format)
        levels = k_levels(block.mel[:, here], mel_format) if self._ratio == 1 else self._levels(positions, gains)
        after = smooth_level(levels, _HELD_FRAMES)
        gains = gains + (before - after).clamp_max(_LOUDER_MAX)
        if self._exact_mel:
            plain = self._source.mel_at(positions, self._ratio)
        else:
            plain = warped(block.mel[:, here] - block.gains[:, here], self._ratio, mel_format)
        return GrainBlock(shape(plain, gains, self._source.silence), positions, gains, self._ratio)

    def _levels(self, positions: Tensor, gains: Tensor) -> Tensor:
        """K-weighted levels `[n]` of transposed frames; some are measured, those between are interpolated."""
        measured = np.append(np.arange(0, len(positions) - 1, _LEVEL_STEP), len(positions) - 1)
        recorded = self._source.mel_at(positions[measured].round(), self._ratio)
        levels = k_levels(shape(recorded, gains[:, measured], self._source.silence), self._source.mel_format).numpy()
        return torch.from_numpy(np.interp(np.arange(len(positions)), measured, levels)).to(gains.dtype)

    def _reading(self, start: int, stop: int) -> NDArray[np.float64]:
        """Frames of the texture `[stop - start]`, with fractions, that are read from `start` to `stop`."""
        since = np.arange(start, stop) - self._pace.frame
        piece = since // _PIECE_FRAMES
        if self._pace.is_hit:
            piece = np.maximum(piece, 0)
        shifts = np.array([self._shift(int(number)) for number in range(int(piece[0]), int(piece[-1]) + 1)])
        begun = self._begin(piece) + shifts[piece - piece[0]] / self._source.mel_format.hop
        return np.maximum(begun + (since - piece * _PIECE_FRAMES) * self._ratio, 0)

    def _begin(self, piece: NDArray[np.int64]) -> NDArray[np.float64]:
        """Frames of the texture at which pieces would begin without a shift."""
        return self._pace.at(self._pace.frame + piece * _PIECE_FRAMES)

    def _shift(self, piece: int) -> int:
        """Samples by which a piece begins beside its place."""
        chain = piece // _CHAIN_PIECES * _CHAIN_PIECES
        shifts = self._shifts.find(chain) or self._shifts.put(chain, [0])
        while len(shifts) <= piece - chain:
            shifts.append(self._aligned(chain + len(shifts), shifts[-1]))
        return shifts[piece - chain]

    def _aligned(self, piece: int, before: int) -> int:
        """Shift of a piece, given that of the piece before."""
        begun, landing = (float(each) for each in self._begin(np.array([piece - 1, piece])))
        left = begun + before / self._source.mel_format.hop + _PIECE_FRAMES * self._ratio
        return quick_shift(self._source, self._position(left), self._position(landing))

    def _position(self, frame: float) -> int:
        """Position in the recordings of a frame of the texture with a fraction."""
        whole = max(0, int(frame))
        position = float(self._texture.positions(whole, whole + 1)[0])
        return round(position + max(0.0, frame - whole) * self._source.mel_format.hop)
