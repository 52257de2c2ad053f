"""What a sound needs to be learned from. No torch."""

import math

from distill_app.common.errors import CorpusError
from distill_app.dsp.decibels import amplitude_to_db
from distill_app.dsp.sound import Samples

SECONDS_MIN = 0.01
"""Shortest usable length in seconds: shorter sounds are clicks; a hit of this length is followed by silence."""
SILENCE_DBFS = -70.0
RANGE_DB = 50.0
"""What is so far below the loudest moment of a recording is silence before, after and between its sounds."""


def check_length(name: str, seconds: float) -> None:
    """Raises CorpusError where a file of this name is too short."""
    if seconds < SECONDS_MIN:
        there = math.floor(1e4 * seconds) / 10  # rounded up it could seem long enough
        raise CorpusError(f"“{name}” is too short: {there:g} of at least {1000 * SECONDS_MIN:g} milliseconds.")


def highest(samples: Samples) -> float:
    """Peak amplitude of samples of any shape."""
    return max(float(samples.max()), -float(samples.min()))


def check_sound(name: str, seconds: float, peak: float) -> None:
    """Raises CorpusError where a file of this name is too short, or silent by the peak amplitude of its mono signal."""
    check_length(name, seconds)
    if amplitude_to_db(peak) < SILENCE_DBFS:
        raise CorpusError(f"“{name}” is silent.")
