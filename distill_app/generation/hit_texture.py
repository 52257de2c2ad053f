"""Texture of a one-shot: a hit of the model's recordings from its onset; the next one is another of its kind."""

import itertools
from collections.abc import Iterator
from functools import cached_property

import torch
from torch import Tensor

from distill_app.generation.mel_windows import MelWindows
from distill_app.grain.alignment import Positions
from distill_app.grain.blocks import GrainBlock
from distill_app.grain.hits import Hits
from distill_app.grain.shaping import decay_gains, shape, window_gains, window_level
from distill_app.grain.source import GrainSource
from distill_app.grain.targets import mean_power
from distill_app.models.window import LEAD_FRAMES, ONSET_SAMPLES, WINDOW_FRAMES

_DECAY = 0.15
"""Nepers that a decoded hit falls at each frame after its window: 112 dB a second."""


class HitTexture:
    """One hit, whose attack has one filter; afterwards it decays as the model's window does.

    It lasts as long as it was recorded, then there is silence.

    Args:
        windows: log-mel windows of the model, one for each hit.
        number: of the hit, from 0.
    """

    def __init__(self, source: GrainSource, hits: Hits, seed: int, windows: MelWindows, number: int) -> None:
        self._source, self._hits, self._window = source, hits, windows.window(number)
        self._hit = hits.choose(self._window, number, seed)

    def positions(self, start: int, stop: int) -> Positions:
        """Positions in the recordings `[stop - start]` of the frames from `start` on."""
        return self._hits.positions(self._hit, stop)[start:].numpy()

    def shaped(self, start: int, stop: int) -> GrainBlock:
        places = self._hits.positions(self._hit, stop)[start:]
        band_gains = self._gains[:, torch.arange(start, stop).clamp_max(WINDOW_FRAMES - 1)]
        return GrainBlock(shape(self._source.mel_at(places), band_gains, self._source.silence), places, band_gains)

    @cached_property
    def _gains(self) -> Tensor:
        """Gains `[bands, WINDOW_FRAMES]` from the hit to the model's window."""
        positions = self._hits.positions(self._hit, WINDOW_FRAMES)
        recorded, level = self._source.mel_at(positions), self._source.level_mel_at(positions)
        known = self._hits.window(self._hit)
        constant = window_gains(mean_power(self._window), window_level(level, recorded, known))
        return constant[:, None] + decay_gains(self._window, known)


def hits_of(source: GrainSource) -> Hits:
    """Hits of recordings as the model's windows show them."""
    return Hits(source, LEAD_FRAMES * source.mel_format.hop + ONSET_SAMPLES, WINDOW_FRAMES)


def decaying_mel(window: Tensor, start: int, stop: int, floor: float) -> Tensor:
    """Log-mel `[..., bands, stop - start]` of a decoded one-shot: its window, which then decays to silence.

    Args:
        floor: log-mel of silence.
    """
    frames = torch.arange(start, stop)
    beyond = (frames - window.shape[-1] + 1).clamp_min(0)
    return (window[..., frames.clamp_max(window.shape[-1] - 1)] - _DECAY * beyond).clamp_min(floor)


def decaying_blocks(window: Tensor, start: int, floor: float) -> Iterator[Tensor]:
    """Endless blocks `[bands, n]` of `decaying_mel` from frame `start` on."""
    for first in itertools.count(start, WINDOW_FRAMES):
        yield decaying_mel(window, first, first + WINDOW_FRAMES, floor)
