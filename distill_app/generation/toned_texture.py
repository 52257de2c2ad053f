"""Texture with a tone: frames of recordings that are transposed, and whose gains give them the tone."""

import numpy as np
import torch

from distill_app.common.lru_cache import LruCache
from distill_app.generation.texture import Texture
from distill_app.grain.alignment import best_shift
from distill_app.grain.blocks import GrainBlock
from distill_app.grain.shaping import shape
from distill_app.grain.source import GrainSource
from distill_app.models.loudness import k_levels
from distill_app.tone.mel_tone import reach, toned_mel
from distill_app.tone.smoothing import reach_frames, smooth_level
from distill_app.tone.tone import Tone
from distill_app.tone.warp import warped

_PIECE_FRAMES = 12
"""Frames (139 ms) that are read in one go, before the reading returns to where the sound is."""
_CHAIN_PIECES = 64
"""Pieces (9 s) whose places depend on each other."""
_BLOCK_FRAMES, _BLOCKS_KEPT = 48, 32
_HELD_FRAMES = 8.0
"""Deviation over which the level of transposed frames is held."""
_LOUDER_MAX = 1.5


class TonedTexture:
    """A texture with a tone.

    Args:
        origin: frame at which the reading begins, whatever the pitch: the onset of a hit.
        hit_frames: frames over which the level of a hit is held; 0 where it is no hit.
    """

    def __init__(self, texture: Texture, source: GrainSource, tone: Tone, origin: int, hit_frames: int) -> None:
        self._source, self._tone, self._hit_frames = source, tone, hit_frames
        self._texture: Texture = texture if not tone.pitch else TransposedTexture(texture, source, tone, origin)

    def shaped(self, start: int, stop: int) -> GrainBlock:
        around = reach(self._tone)
        first, last = max(0, start - around), stop + around
        if self._hit_frames:
            first, last = 0, max(last, self._hit_frames)
        block = self._texture.shaped(first, last)
        mel = toned_mel(block.mel, self._tone, self._source.mel_format, first, self._hit_frames)
        return block.with_mel(mel).part(start - first, stop - first)


class TransposedTexture:
    """A texture at another pitch and the same speed.

    Frames are read faster or slower in pieces, each of which begins where the sound would be unchanged, or a few
    milliseconds beside it, where its wave goes on as that of the piece before (WSOLA: Verhelst and Roelands, ICASSP
    1993).
    """

    def __init__(self, texture: Texture, source: GrainSource, tone: Tone, origin: int) -> None:
        self._texture, self._source, self._origin = texture, source, origin
        self._ratio = round(source.mel_format.n_fft * tone.pitch_ratio) / source.mel_format.n_fft
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
        block, mel_format = self._read(start, stop), self._source.mel_format
        wanted = k_levels(self._texture.shaped(start, stop).mel, mel_format)
        levels = [smooth_level(each, _HELD_FRAMES) for each in (wanted, k_levels(block.mel, mel_format))]
        mel = torch.where(
            block.mel <= self._source.silence, block.mel, block.mel + (levels[0] - levels[1]).clamp_max(_LOUDER_MAX)
        )
        return block.with_mel(mel)

    def _read(self, start: int, stop: int) -> GrainBlock:
        frames = self._reading(start, stop)
        first = int(frames.min())
        block = self._texture.shaped(first, int(frames.max()) + 1)
        whole = np.floor(frames).astype(np.int64) - first
        beyond = torch.from_numpy((frames - np.floor(frames)) * self._source.mel_format.hop)
        positions = block.positions[whole] + beyond
        gains = warped(block.gains[:, whole], self._ratio, self._source.mel_format)
        mel = shape(self._source.mel_at(positions, self._ratio), gains, self._source.silence)
        return GrainBlock(mel, positions, gains, self._ratio)

    def _reading(self, start: int, stop: int) -> np.ndarray:
        """Frames of the texture `[stop - start]`, with fractions, that are read from `start` to `stop`."""
        since = np.arange(start, stop) - self._origin
        piece = np.maximum(since // _PIECE_FRAMES, 0)
        shifts = np.array([self._shift(int(number)) for number in range(int(piece[0]), int(piece[-1]) + 1)])
        begun = piece * _PIECE_FRAMES + shifts[piece - piece[0]] / self._source.mel_format.hop
        return np.maximum(self._origin + begun + (since - piece * _PIECE_FRAMES) * self._ratio, 0)

    def _shift(self, piece: int) -> int:
        """Samples by which a piece begins beside its place."""
        chain = piece // _CHAIN_PIECES * _CHAIN_PIECES
        shifts = self._shifts.find(chain) or self._shifts.put(chain, [0])
        while len(shifts) <= piece - chain:
            shifts.append(self._aligned(chain + len(shifts), shifts[-1]))
        return shifts[piece - chain]

    def _aligned(self, piece: int, before: int) -> int:
        """Shift of a piece, given that of the piece before."""
        hop, landing = self._source.mel_format.hop, self._origin + piece * _PIECE_FRAMES
        left = landing - _PIECE_FRAMES + before / hop + _PIECE_FRAMES * self._ratio
        return best_shift(self._source, self._position(left), self._position(landing))

    def _position(self, frame: float) -> int:
        whole = max(0, int(frame))
        position = float(self._texture.shaped(whole, whole + 1).positions[0])
        return round(position + max(0.0, frame - whole) * self._source.mel_format.hop)
