"""Analysis of written and recorded output: steps at splices, and lost samples."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from distill_app.dsp.sound import Samples

NEAR, AROUND = 8, 882
"""Samples on either side of a splice, and of its surroundings."""
FACTOR, FLOOR = 1.5, 1e-3
_KEY = 256


def read_samples(path: Path) -> Samples:
    return np.fromfile(path, np.float32)


def count_steps(samples: Samples, splices: Sequence[int]) -> int:
    """Number of splices with a step of more than FACTOR times the largest step within AROUND samples, plus FLOOR."""
    return sum(_is_step(samples, splice) for splice in splices if AROUND < splice < len(samples) - AROUND)


def _is_step(samples: Samples, splice: int) -> bool:
    steps = np.abs(np.diff(samples[splice - AROUND : splice + AROUND]))
    near = slice(AROUND - NEAR, AROUND + NEAR)
    here = steps[near].max()
    steps[near] = 0.0
    return bool(here > FACTOR * steps.max() + FLOOR)


def count_lost_samples(written: Samples, recorded: Samples) -> int:
    """Number of written samples that were not recorded in their place, from the first sound on.

    Zeros that were inserted between blocks count. Raises ValueError if nothing written was recorded.
    """
    first = int(np.flatnonzero(written)[0])
    place = _find(recorded, written[first : first + _KEY])
    length = min(len(written) - first, len(recorded) - place)
    return int(np.count_nonzero(written[first : first + length] != recorded[place : place + length]))


def _find(samples: Samples, key: Samples) -> int:
    for start in np.flatnonzero(samples == key[0]):
        if np.array_equal(samples[start : start + len(key)], key):
            return int(start)
    raise ValueError("nothing that was written was recorded")
