"""Texture of a sound: frames of the model's recordings, shaped to the mel that the model wants.

The model's mel says where to go, the recordings give what the sound is made of. A held sound walks through them; a
one-shot is a hit of them from its onset, another one with each repetition.
"""

from collections.abc import Iterator
from functools import cached_property
from typing import Protocol

import numpy as np
import torch
from torch import Tensor

from distill_app.grain.blocks import GrainBlock
from distill_app.grain.hits import Hits
from distill_app.grain.shaping import gains, shape
from distill_app.grain.source import SMOOTH_BANDS, GrainSource
from distill_app.grain.targets import mean_power, smooth_bands
from distill_app.grain.walk import Frames, Walk
from distill_app.models.window import LEAD_FRAMES, ONSET_SAMPLES, WINDOW_FRAMES

_HELD_FROM = WINDOW_FRAMES // 2
"""Frame from which on a constant gain gives way to one that holds the level."""


class Texture(Protocol):
    """Frames of recordings for each frame of a sound."""

    def shaped(self, start: int, stop: int) -> GrainBlock:
        """Frames `start` … `stop`, with the wanted spectrum."""
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
        windows: endless log-mel windows `[bands, WINDOW_FRAMES]` of the model, `hop` frames apart.
        path: its beginning, where it continues another walk.
    """

    def __init__(
        self, source: GrainSource, seed: int, windows: Iterator[Tensor], hop: int, path: Frames | None = None
    ) -> None:
        self._source, self._wanted = source, _WindowMeans(windows, hop)
        self._walk = Walk(source, seed, settled=WINDOW_FRAMES if path is None else 0)
        self._path = np.array([self._walk.start(self._wanted.first)]) if path is None else path

    def shaped(self, start: int, stop: int) -> GrainBlock:
        path = self.path(stop)[start:]
        band_gains = gains(self._wanted.between(start, stop), self._source.smooth[:, path])
        if start < WINDOW_FRAMES:
            held = ((torch.arange(start, stop) - _HELD_FROM) / (WINDOW_FRAMES - _HELD_FROM)).clamp(0, 1)
            band_gains = torch.lerp(self._first_gains, band_gains, held)
        mel = shape(self._source.mel[:, path], band_gains, self._source.silence)
        return GrainBlock(mel, torch.from_numpy(path) * self._source.mel_format.hop, band_gains)

    @cached_property
    def _first_gains(self) -> Tensor:
        """Gains `[bands, 1]` of the first window, constant: the recording's own course stays as it is."""
        found = self._source.mel[:, self.path(WINDOW_FRAMES)]
        wanted, recorded = (smooth_bands(mean_power(each), SMOOTH_BANDS) for each in (self._wanted.first, found))
        return gains(wanted, recorded)[:, None]

    def path(self, stop: int) -> Frames:
        """Frames `[stop]` of the recordings from the beginning on."""
        self._path = self._walk.extend(self._path, stop, self._wanted.at)
        return self._path[:stop]


class _WindowMeans:
    """Wanted log-mel at each frame: the mean power of the windows, and between them a mixture."""

    def __init__(self, windows: Iterator[Tensor], hop: int) -> None:
        self._windows, self._hop = windows, hop
        self.first = next(windows)
        self._last = self.first
        self._means = [mean_power(self.first)]

    def at(self, frame: int) -> Tensor:
        """Wanted log-mel `[bands]` at a frame."""
        return self.between(frame, frame + 1)[:, 0]

    def between(self, start: int, stop: int) -> Tensor:
        """Wanted log-mel `[bands, stop - start]`."""
        frames = torch.arange(start, stop)
        places = ((frames - WINDOW_FRAMES / 2) / self._hop).clamp_min(0)
        before = places.long()
        self._read(int(before[-1]) + 2)
        means = torch.stack(self._means[int(before[0]) : int(before[-1]) + 2], 1)
        before = before - before[0]
        return torch.lerp(means[:, before], means[:, before + 1], places % 1)

    def _read(self, count: int) -> None:
        while len(self._means) < count:
            window = next(self._windows)
            self._means.append(self._means[-1] if window is self._last else mean_power(window))
            self._last = window


class HitTexture:
    """A hit of the recordings for each window of the model, shaped by one filter for the whole hit.

    Args:
        windows: endless log-mel windows `[bands, WINDOW_FRAMES]` of the model, `hop` frames apart.
    """

    def __init__(self, source: GrainSource, seed: int, windows: Iterator[Tensor], hop: int) -> None:
        self._source, self._windows, self._hop = source, windows, hop
        self._hits, self._seed = Hits(source, LEAD_FRAMES * source.mel_format.hop + ONSET_SAMPLES), seed
        self._shaped: list[tuple[Tensor, Tensor]] = []
        self._last = -1

    def shaped(self, start: int, stop: int) -> GrainBlock:
        first, last = start // self._hop, (stop - 1) // self._hop
        positions, band_gains = zip(*(self._hit(number) for number in range(first, last + 1)), strict=True)
        here = slice(start - first * self._hop, stop - first * self._hop)
        places = torch.cat(positions)[here]
        each_gain = torch.stack(band_gains, 1).repeat_interleave(self._hop, 1)[:, here]
        return GrainBlock(shape(self._source.mel_at(places), each_gain, self._source.silence), places, each_gain)

    def _hit(self, number: int) -> tuple[Tensor, Tensor]:
        """Positions `[hop]` and gains `[bands]` of the hit of a window."""
        while len(self._shaped) <= number:
            window = next(self._windows)
            self._last = self._hits.choose(window, self._last, np.random.default_rng((self._seed, len(self._shaped))))
            positions = self._hits.positions(self._last, WINDOW_FRAMES)
            wanted, found = mean_power(window), mean_power(self._source.mel_at(positions))
            band_gains = gains(*(smooth_bands(each, SMOOTH_BANDS) for each in (wanted, found)))
            self._shaped.append((positions[: self._hop], band_gains))
        return self._shaped[number]
