"""Listens to what was written and what a sound server recorded: steps at splices, and samples lost on the way."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from distill_app.dsp.sound import Samples

NEAR, AROUND = 8, 882
"""Samples to either side: of a splice, and of the sound it is compared with."""
FACTOR, FLOOR = 1.5, 1e-3
_KEY = 256


def written_samples(path: Path) -> Samples:
    return np.fromfile(path, np.float32)


def steps_at(samples: Samples, splices: Sequence[int]) -> int:
    """At how many splices there is a step more than FACTOR times the largest within AROUND samples, plus FLOOR."""
    return sum(_is_step(samples, splice) for splice in splices if AROUND < splice < len(samples) - AROUND)


def _is_step(samples: Samples, splice: int) -> bool:
    steps = np.abs(np.diff(samples[splice - AROUND : splice + AROUND]))
    near = slice(AROUND - NEAR, AROUND + NEAR)
    here = steps[near].max()
    steps[near] = 0.0
    return bool(here > FACTOR * steps.max() + FLOOR)


def lost_samples(written: Samples, heard: Samples) -> int:
    """Samples written after the first sound that were not heard in their place, zeros between blocks included.

    Raises ValueError where nothing of what was written was heard.
    """
    first = int(np.flatnonzero(written)[0])
    place = _find(heard, written[first : first + _KEY])
    length = min(len(written) - first, len(heard) - place)
    return int(np.count_nonzero(written[first : first + length] != heard[place : place + length]))


def _find(samples: Samples, key: Samples) -> int:
    for start in np.flatnonzero(samples == key[0]):
        if np.array_equal(samples[start : start + len(key)], key):
            return int(start)
    raise ValueError("what was written was not heard")
