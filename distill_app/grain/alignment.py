"""Alignment of recordings where a path jumps: the samples that follow go on with the phase of those before.

A jump is a crossfade of four frames. Where their waves are against each other, it is a dip; so the place that is jumped
to is moved by less than half a hop, to where the two waves are most alike (as in WSOLA: Verhelst and Roelands, ICASSP
1993).
"""

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from distill_app.grain.source import Frames, GrainSource

Positions = NDArray[np.int64]

_TINY = 1e-9


def aligned_positions(source: GrainSource, path: Frames, known: Positions) -> Positions:
    """Positions `[n]` of the frames of a path, of which the first ones are known.

    The frame of a position is the one nearest to it.
    """
    hop, count = source.mel_format.hop, len(known)
    positions = path * hop
    positions[:count] = known
    jumps = np.flatnonzero(np.diff(path) != 1) + 1
    bounds = [count, *jumps[jumps >= max(1, count)], len(path)]
    shift = int(known[-1] - path[count - 1] * hop) if count else 0
    for start, stop in pairwise(bounds):
        if start and path[start] != path[start - 1] + 1:
            shift = best_shift(source, int(positions[start - 1]) + hop, int(path[start]) * hop)
        positions[start:stop] += shift
    return positions


def frames_of(positions: Positions, hop: int) -> Frames:
    """Frames nearest to positions."""
    return (positions + hop // 2) // hop


def best_shift(source: GrainSource, left: int, landing: int) -> int:
    """Samples, less than half a hop, by which a landing is moved to go on as the recording that is left would."""
    reach, around = source.mel_format.hop // 2 - 1, source.mel_format.padding
    before = source.mono_samples(left - around, left + around)
    after = source.mono_samples(landing - around - reach, landing + around + reach)
    products = np.correlate(after, before)
    energies = np.convolve(np.square(after), np.ones(len(before)), "valid")
    return int((products / np.sqrt(energies + _TINY)).argmax()) - reach
