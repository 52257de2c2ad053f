"""Texture of a sound: frames of the model's recordings, shaped to the mel that the model wants.

The model's mel says where to go, the recordings give what the sound is made of. A held sound walks through them.
"""

from collections.abc import Callable
from functools import cached_property
from typing import Protocol

import numpy as np
import torch
from torch import Tensor

from distill_app.common.lru_cache import LruCache
from distill_app.generation.config import STRETCH_FRAMES
from distill_app.generation.mel_windows import MelWindows
from distill_app.grain.alignment import Positions, aligned_positions, frames_of
from distill_app.grain.blocks import GrainBlock
from distill_app.grain.shaping import gains, shape, window_gains
from distill_app.grain.source import Frames, GrainSource
from distill_app.grain.start import modelled_start
from distill_app.grain.walk import NO_FRAMES, Walk
from distill_app.models.window import WINDOW_FRAMES

_STRETCHES_KEPT = 8
_HELD_FROM, _HELD_FRAMES = WINDOW_FRAMES, WINDOW_FRAMES // 2
"""Frame from which on a constant gain gives way to one that holds the level, and frames that it takes."""


class Texture(Protocol):
    """Frames of recordings for each frame of a sound."""

    def shaped(self, start: int, stop: int) -> GrainBlock:
        """Frames `start` … `stop`, with the wanted spectrum."""
        ...


class RecordedTexture(Texture, Protocol):
    """Texture of frames whose places are known before they are shaped."""

    def positions(self, start: int, stop: int) -> Positions:
        """Positions in the recordings `[stop - start]` of the frames from `start` on."""
        ...


def blend(texture: Texture, start: int, model_mel: Tensor, amount: float) -> GrainBlock:
    """Texture from frame `start` on, blended with the model's mel `[bands, n]`.

    Args:
        amount: 0 is that mel, 1 the texture.
    """
    block = texture.shaped(start, start + model_mel.shape[1])
    return block.with_mel(torch.lerp(model_mel, block.mel, amount))


class WalkTexture:
    """Walk through the recordings that continues as long as it is asked for.

    Args:
        windows: log-mel windows of the model.
        wander: 0 … 1, how readily the walk leaves a place for others like it.
        since: frame until which the walk was another one.
        earlier: that walk, for a frame before `since`.
    """

    def __init__(
        self,
        source: GrainSource,
        seed: int,
        windows: MelWindows,
        wander: float = 0.0,
        since: int = 0,
        earlier: "Callable[[int], WalkTexture] | None" = None,
    ) -> None:
        self._source, self._seed, self._windows, self._wander = source, seed, windows, wander
        self._since, self._earlier = since, earlier
        self._stretches: LruCache[int, Positions] = LruCache(_STRETCHES_KEPT)
        if earlier is not None:
            self._begin(since // STRETCH_FRAMES)  # the walk before may be forgotten later

    def shaped(self, start: int, stop: int) -> GrainBlock:
        positions = self.positions(start, stop)
        path = self._frames(positions)
        band_gains = gains(self._windows.means_between(start, stop), self._source.features.smooth[:, path])
        if start < _HELD_FROM + _HELD_FRAMES:
            held = ((torch.arange(start, stop) - _HELD_FROM) / _HELD_FRAMES).clamp(0, 1)
            band_gains = torch.lerp(self._first_gains, band_gains, held)
        mel = shape(self._source.mel[:, path], band_gains, self._source.silence)
        return GrainBlock(mel, torch.from_numpy(positions), band_gains)

    @cached_property
    def _first_gains(self) -> Tensor:
        """Gains `[bands, 1]` of the first window, constant: the recording's own course stays as it is."""
        return window_gains(self._windows.mean(0), self._source.window_level(self.path(0, WINDOW_FRAMES)))[:, None]

    def path(self, start: int, stop: int) -> Frames:
        """Frames of the recordings `[stop - start]` for the frames from `start` on."""
        return self._frames(self.positions(start, stop))

    def _frames(self, positions: Positions) -> Frames:
        return frames_of(positions, self._source.mel_format.hop)

    def positions(self, start: int, stop: int) -> Positions:
        """Positions in the recordings `[stop - start]` of the frames from `start` on."""
        parts = [NO_FRAMES]
        while start < stop:
            number, offset = divmod(start, STRETCH_FRAMES)
            end = min(STRETCH_FRAMES, offset + stop - start)
            parts.append(self._stretch(number, end)[offset:end])
            start += end - offset
        return np.concatenate(parts)

    def _stretch(self, number: int, frames: int) -> Positions:
        """Positions of at least the first `frames` frames of a stretch."""
        first = number * STRETCH_FRAMES
        if self._earlier is not None and number < self._since // STRETCH_FRAMES:
            return self._earlier(first + frames)._stretch(number, frames)
        known = self._stretches.find(number)
        begun = self._begin(number) if known is None else known
        if len(begun) >= frames:
            return begun
        walk = self._walk(number, settled=WINDOW_FRAMES if not first and self._earlier is None else 0)
        path = walk.extend(
            self._frames(begun),
            frames,
            lambda frame: self._windows.means_between(first + frame, first + frame + 1)[:, 0],
        )
        return self._stretches.put(number, aligned_positions(self._source, path, begun))

    def _begin(self, number: int) -> Positions:
        """Beginning of a stretch, before it is walked: empty, or the walk until the last move, or the first frame."""
        first = number * STRETCH_FRAMES
        if self._earlier is not None and first < self._since:
            begun = self._earlier(self._since).positions(first, self._since)
        elif first:
            begun = NO_FRAMES
        else:
            start = modelled_start(self._source, self._windows.window(0))
            begun = np.array([start * self._source.mel_format.hop])
        return self._stretches.put(number, begun)

    def _walk(self, number: int, settled: int = 0) -> Walk:
        seed = (self._seed, number) if number else (self._seed,)
        if not self._windows.is_held:
            return Walk(self._source, seed, settled, self._wander)
        began, since = divmod(self._since, STRETCH_FRAMES)
        if number == began:
            return Walk(self._source, seed, settled, self._wander, since)
        return Walk(self._source, seed, settled, self._wander, 0, self._beginning())

    def _beginning(self) -> Frames:
        """First frames of a held sound, which those of later stretches sound like."""
        end = min(self._since + WINDOW_FRAMES, (self._since // STRETCH_FRAMES + 1) * STRETCH_FRAMES)
        return self.path(self._since, end)
