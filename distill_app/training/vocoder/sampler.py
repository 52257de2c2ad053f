"""Random segments of recordings.

A batch depends only on seed, rank and step, so a resumed training sees the same batches.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from distill_app.dsp.sound import Samples
from distill_app.training.vocoder.recordings import Piece

GAIN_LOW_DB, GAIN_HIGH_DB = -30.0, 6.0
_SILENT_RMS = 10 ** (-60 / 20)
_SILENT_SHARE = 0.03
"""Fraction of silent segments that are kept: some silence is needed in training."""
_MIXED_SHARE = 0.3
_DRAWS_MAX = 10


@dataclass(frozen=True, eq=False)
class SegmentSampler:
    """Segments `[batch, samples]`, cut anywhere, some mixed in pairs, of random polarity and level, never clipped.

    Args:
        pieces: material of the segments.
        samples: length of a segment.
        batch: segments per batch.
        seed, rank: seed of the training, and rank of this process.
    """

    pieces: tuple[Piece, ...]
    samples: int
    batch: int
    seed: int
    rank: int = 0

    @cached_property
    def _ends(self) -> NDArray[np.int64]:
        return np.cumsum([piece.length for piece in self.pieces])

    def draw(self, step: int) -> Tensor:
        """Batch of a step."""
        random = np.random.default_rng([self.seed, self.rank, step])
        return torch.from_numpy(np.stack([self._segment(random) for _ in range(self.batch)]))

    def _segment(self, random: np.random.Generator) -> Samples:
        segment = self.non_silent(random)
        if random.random() < _MIXED_SHARE:
            balance = np.float32(10 ** (random.uniform(-20, 0) / 20))
            segment = segment + balance * self.non_silent(random)
        return segment * random_gain(segment, random)

    def non_silent(self, random: np.random.Generator) -> Samples:
        """Random segment `[samples]` at its recorded level, rarely a silent one."""
        for _ in range(_DRAWS_MAX):
            segment = self._cut(random)
            if np.sqrt(np.mean(np.square(segment))) > _SILENT_RMS or random.random() < _SILENT_SHARE:
                break
        return segment

    def _cut(self, random: np.random.Generator) -> Samples:
        piece = self.pieces[int(np.searchsorted(self._ends, random.integers(self._ends[-1]), side="right"))]
        start = int(random.integers(max(1, piece.length - self.samples + 1)))
        return piece.read(start, self.samples)


def random_gain(segment: Samples, random: np.random.Generator) -> np.float32:
    """Random gain and polarity for a segment, without exceeding full scale."""
    peak = max(float(np.abs(segment).max()), 1e-9)
    gain = min(10 ** (random.uniform(GAIN_LOW_DB, GAIN_HIGH_DB) / 20), 1 / peak)
    return np.float32(gain if random.random() < 0.5 else -gain)
