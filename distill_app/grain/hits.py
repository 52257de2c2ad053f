"""Choice of a hit: the recordings' sounds from their onsets, compared with the window that is wanted."""

import numpy as np
import torch
from torch import Tensor

from distill_app.grain.source import POOL_FRAMES, GrainSource
from distill_app.grain.targets import features

_ALIKE, _ALIKE_MAX = 0.4, 4
"""Nepers beyond the nearest within which hits are of its kind, and how many of them are used."""


class Hits:
    """Hits of a source that has onsets.

    Args:
        lead: samples from the begin of a hit's first frame to its onset.
    """

    def __init__(self, source: GrainSource, lead: int) -> None:
        self._source = source
        begins = torch.tensor([max(0, onset - lead) for onset in source.onsets])
        self._begins = begins
        self._ends = torch.tensor([self._end(hit) for hit in range(len(begins))])

    def choose(self, window: Tensor, number: int, seed: int) -> int:
        """Hit that is like a log-mel window `[bands, n]`: the nearest, then in turn the others of its kind.

        Args:
            number: how many hits were played before.
        """
        distances = self._distances(window)
        nearest, *others = distances.argsort()[:_ALIKE_MAX].tolist()
        alike = [hit for hit in others if distances[hit] <= distances[nearest] + _ALIKE]
        turn = [nearest, *np.random.default_rng(seed).permutation(alike)]
        return int(turn[number % len(turn)])

    def _distances(self, window: Tensor) -> Tensor:
        """RMS distance `[hits]` over time, in nepers."""
        wanted = features(window)
        pooled = self._source.features_pooled
        first = (self._begins / self._source.mel_format.hop).round().long()
        total = torch.zeros(len(first))
        silence = features(torch.full((window.shape[0], 1), self._source.silence))
        for place in range(0, len(wanted), POOL_FRAMES):
            sounds = (first + place) * self._source.mel_format.hop < self._ends
            found = torch.where(sounds[:, None], pooled[(first + place).clamp(max=len(pooled) - 1)], silence)
            total += (found - wanted[place : place + POOL_FRAMES].mean(0)).square().sum(1)
        return (total * POOL_FRAMES / len(wanted)).sqrt()

    def positions(self, hit: int, frames: int) -> Tensor:
        """Positions `[frames]` of a hit; those of silence after its end."""
        begin, hop = int(self._begins[hit]), self._source.mel_format.hop
        positions = begin + torch.arange(frames) * hop
        return torch.where(positions < self._ends[hit], positions, 0)

    def _end(self, hit: int) -> int:
        """Position where the hit ends: that of the next one, or the end of its recording."""
        onset = self._source.onsets[hit]
        stop = next(stop for stop in self._source.stops if stop > onset)
        after = int(self._begins[hit + 1]) if hit + 1 < len(self._begins) else stop
        return min(stop, after)
