"""Alignment of recordings where a path jumps: the samples that follow go on with the phase of those before.

A jump is a crossfade of four frames. Where their waves are against each other, it is a dip; so the place that is jumped
to is moved by less than half a hop, to where the two waves are most alike (as in WSOLA: Verhelst and Roelands, ICASSP
1993).
"""

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from distill_app.dsp.sound import Samples
from distill_app.grain.source import Frames, GrainSource

Positions = NDArray[np.int64]

_TINY = 1e-9
_QUICK = 4
"""Samples that are compared as one where a shift has to be found quickly."""


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


def quick_shift(source: GrainSource, left: int, landing: int) -> int:
    """Shift as `best_shift`, which is looked for in means of _QUICK samples first."""
    reach, around = source.mel_format.hop // 2 - _QUICK, source.mel_format.padding
    before = source.mono.read(left - around, left + around)
    after = source.mono.read(landing - around - reach, landing + around + reach)
    coarse = _QUICK * _most_alike(_means(before), _means(after))
    first = max(0, coarse - _QUICK)
    return first + _most_alike(before, after[first : coarse + _QUICK + len(before)]) - reach


def _means(samples: Samples) -> Samples:
    return samples[: len(samples) // _QUICK * _QUICK].reshape(-1, _QUICK).mean(1)


def best_shift(source: GrainSource, left: int, landing: int) -> int:
    """Samples, less than half a hop, by which a landing is moved to go on as the recording that is left would."""
    reach, around = source.mel_format.hop // 2 - 1, source.mel_format.padding
    before = source.mono.read(left - around, left + around)
    after = source.mono.read(landing - around - reach, landing + around + reach)
    return _most_alike(before, after) - reach


def _most_alike(before: Samples, after: Samples) -> int:
    """Place in `after` from which on it is most like `before`."""
    products = np.correlate(after, before)
    energies = np.convolve(np.square(after), np.ones(len(before)), "valid")
    return int((products / np.sqrt(energies + _TINY)).argmax())
