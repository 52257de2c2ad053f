"""Windows that a model decodes for a sound, in any order: window n is reached without decoding those before it."""

import itertools
from collections.abc import Callable, Iterator

import torch
from torch import Tensor

from distill_app.common.lru_cache import LruCache
from distill_app.generation.config import GenerationConfig
from distill_app.generation.latent_path import LoopWindows, latent_path
from distill_app.generation.overlap_add import join_windows
from distill_app.grain.targets import mean_power
from distill_app.models.model import DistillModel
from distill_app.models.window import WINDOW_FRAMES

CLOSING_FRAMES = 256
"""Frames (3 s) over which a loop returns to its beginning; fewer in a short one."""
_BATCH, _BATCHES_KEPT, _MEANS_KEPT = 8, 4, 4_096


class MelWindows:
    """Endless log-mel windows `[bands, WINDOW_FRAMES]`, of which the latest are kept.

    Args:
        decode: windows `[_BATCH, bands, WINDOW_FRAMES]` from a number on. Batches always begin at the same numbers,
            because the last bits of a window depend on its place in the batch.
        hop: frames from the beginning of one window to that of the next.
        held: the window, where all are the same.
    """

    def __init__(self, decode: Callable[[int], Tensor], hop: int, held: Tensor | None = None) -> None:
        self.hop = hop
        self._decode, self._held = decode, held
        self._batches: LruCache[int, Tensor] = LruCache(_BATCHES_KEPT)
        self._means: LruCache[int, Tensor] = LruCache(_MEANS_KEPT)

    @classmethod
    def of(cls, model: DistillModel, config: GenerationConfig, loop: range | None = None) -> "MelWindows":
        """Windows of a configuration; those of a loop of the frames `loop`, where there is one."""
        hop = config.window_hop

        def decode(first: int) -> Tensor:
            return model.decode_at_corpus_level(window_latents(model, config, range(first, first + _BATCH), loop))

        if not config.is_held:
            return cls(decode, hop)
        return cls.repeated(model.decode_at_corpus_level(window_latents(model, config, range(1)))[0], hop)

    @classmethod
    def repeated(cls, window: Tensor, hop: int) -> "MelWindows":
        """One window over and over."""
        return cls(lambda _: window[None], hop, window)

    @property
    def is_held(self) -> bool:
        """Whether all windows are the same."""
        return self._held is not None

    def window(self, number: int) -> Tensor:
        if self._held is not None:
            return self._held
        first = number // _BATCH * _BATCH
        batch = self._batches.find(first)
        return (self._batches.put(first, self._decode(first)) if batch is None else batch)[number - first]

    def mean(self, number: int) -> Tensor:
        """Log-mel `[bands]` of the mean power of a window."""
        key = 0 if self._held is not None else number
        known = self._means.find(key)
        return self._means.put(key, mean_power(self.window(key))) if known is None else known

    def means_between(self, start: int, stop: int) -> Tensor:
        """Wanted log-mel `[bands, stop - start]` at each frame: the windows' means, and between them a mixture."""
        if self._held is not None:
            return self.mean(0)[:, None].expand(-1, stop - start)
        frames = torch.arange(start, stop)
        places = ((frames - WINDOW_FRAMES / 2) / self.hop).clamp_min(0)
        before = places.long()
        first, last = int(before[0]), int(before[-1]) + 1
        means = torch.stack([self.mean(number) for number in range(first, last + 1)], 1)
        return torch.lerp(means[:, before - first], means[:, before - first + 1], places % 1)

    def blocks(self, start: int) -> Iterator[Tensor]:
        """Log-mel blocks `[bands, n]` from frame `start` on, endless."""
        first = first_window(start, self.hop)
        skip = start - first * self.hop
        for block in join_windows(map(self.window, itertools.count(first)), self.hop):
            if skip < block.shape[1]:
                yield block[:, skip:]
            skip = max(0, skip - block.shape[1])


def window_latents(model: DistillModel, config: GenerationConfig, numbers: range, loop: range | None = None) -> Tensor:
    """Latents `[n, latent]` of windows of a configuration; those of a loop of the frames `loop`, where there is one."""
    windows = None if loop is None else _loop_windows(loop, config.window_hop)
    path = latent_path(config, model.axes, numbers.start, windows)
    return torch.stack(list(itertools.islice(path, len(numbers))))


def _loop_windows(loop: range, hop: int) -> LoopWindows:
    first, end = loop.start // hop, loop.stop // hop
    return LoopWindows(first, end, max(1, min(CLOSING_FRAMES // hop, (end - first) // 2)))


def first_window(frame: int, hop: int) -> int:
    """Number of the first window that overlaps a frame."""
    return max(0, (frame - WINDOW_FRAMES) // hop + 1)
