"""Choice of a hit: the recordings' sounds from their onsets, compared with the window that is wanted."""

import numpy as np
import torch
from torch import Tensor

from distill_app.common.lru_cache import LruCache
from distill_app.grain.source import GrainSource
from distill_app.grain.targets import GROUPS, LEVEL_WEIGHT, heard

_ALIKE, _ALIKE_MAX = 0.4, 4
"""Nepers beyond the nearest within which hits are of its kind, and how many of them are used."""
_DECAYED = 30 / 8.686
"""Nepers (30 dB) by which a hit has fallen where the next one is another sound."""
_CANDIDATES, _POOL_FRAMES = 4, 2
"""Hits that are compared as the model knows them, and frames that are pooled where sounds are compared."""
_WINDOWS_KEPT = 256
"""Hits that are kept as the model knows them, 64 KB each."""


class Hits:
    """Hits of a source that has onsets.

    A hit goes on through those that follow before it has decayed, as in the windows that the model learned: a door is
    several hits. What follows after a window does not belong to it.

    Args:
        lead: samples from the begin of a hit's first frame to its onset.
        frames: length of the windows that they are compared with.
    """

    def __init__(self, source: GrainSource, lead: int, frames: int) -> None:
        self._source, self._frames = source, frames
        self._begins = torch.tensor([max(0, onset - lead) for onset in source.onsets])
        levels = source.mel.mul(2).logsumexp(0).div(2)
        self._ends = torch.tensor([self._end(hit, levels) for hit in range(len(source.onsets))])
        self._windows: LruCache[int, Tensor] = LruCache(_WINDOWS_KEPT)
        self._pictures = self._recorded()

    def _end(self, hit: int, levels: Tensor) -> int:
        """Position where a hit ends: that of another one after it, or the end of its recording.

        Args:
            levels: `[frames]` of the recordings, in nepers.
        """
        begin, hop = int(self._begins[hit]), self._source.mel_format.hop
        stop = next(stop for stop in self._source.stops if stop > self._source.onsets[hit])
        for after in self._begins[hit + 1 :].tolist():
            between = levels[begin // hop : after // hop + 1]
            if after >= stop or after - begin >= self._frames * hop:
                return int(min(stop, after))
            if between.max() - between[int(between.argmax()) :].min() >= _DECAYED:
                return int(after)
        return stop

    def _recorded(self) -> Tensor:
        """Pictures `[hits, groups, n]` of the recordings from the frame on in which each hit begins."""
        first = (self._begins / self._source.mel_format.hop).round().long()
        last = self._ends // self._source.mel_format.hop
        return torch.cat([self._recorded_picture(*each) for each in zip(first.tolist(), last.tolist(), strict=True)])

    def _recorded_picture(self, first: int, stop: int) -> Tensor:
        window = self._source.windows([first], self._frames)
        window[:, :, max(0, stop - first) :] = self._source.silence
        return _picture(window)

    def choose(self, window: Tensor, number: int, seed: int) -> int:
        """Hit that is like a log-mel window `[bands, n]`: the nearest, then in turn the others of its kind.

        Args:
            number: how many hits were played before.
        """
        hits, distances = self._nearest(window)
        alike = hits[1:_ALIKE_MAX][distances[1:_ALIKE_MAX] <= distances[0] + _ALIKE].tolist()
        turn = [int(hits[0]), *np.random.default_rng(seed).permutation(alike)]
        return int(turn[number % len(turn)])

    def _nearest(self, window: Tensor) -> tuple[Tensor, Tensor]:
        """Hits, the nearest first, and how far they are as the model knows them, in nepers."""
        wanted = _picture(window[None])
        near = _distances(self._pictures, wanted).argsort()[:_CANDIDATES]
        known = torch.cat([_picture(self.window(hit)[None]) for hit in near.tolist()])
        distances, order = _distances(known, wanted).sort()
        return near[order], distances

    def window(self, hit: int) -> Tensor:
        """Log-mel `[bands, frames]` of a hit, as the model knows it."""
        known = self._windows.find(hit)
        if known is None:
            recorded = self._source.mel_at(self.positions(hit, self._frames))
            known = self._windows.put(hit, self._source.reconstruct(recorded[None])[0])
        return known

    def positions(self, hit: int, frames: int) -> Tensor:
        """Positions `[frames]` of a hit; those of silence after its end."""
        begin, hop = int(self._begins[hit]), self._source.mel_format.hop
        positions = begin + torch.arange(frames) * hop
        return torch.where(positions < self._ends[hit], positions, 0)


def _picture(windows: Tensor) -> Tensor:
    """Log-mels `[hits, groups, n]` of log-mels `[hits, bands, frames]`, over neighbouring bands and frames."""
    grouped = torch.stack([part.mean(1) for part in windows.tensor_split(min(GROUPS, windows.shape[1]), 1)], 1)
    return torch.nn.functional.avg_pool1d(grouped, _POOL_FRAMES, ceil_mode=True)


def _distances(pictures: Tensor, wanted: Tensor) -> Tensor:
    """RMS differences `[hits]` in nepers, of which the mean one, the level, counts less."""
    differences = (heard(pictures, wanted) - heard(wanted, wanted)).flatten(1)
    level = differences.mean(1, keepdim=True)
    return ((differences - level).square().mean(1) + (LEVEL_WEIGHT * level[:, 0]).square()).sqrt()
