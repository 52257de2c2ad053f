"""Minimum length and level of sounds used for training. No torch."""

import math

from distill_app.common.errors import CorpusError
from distill_app.dsp.decibels import amplitude_to_db
from distill_app.dsp.sound import Samples

SECONDS_MIN = 0.01
"""Shortest usable length: shorter sounds are clicks. A hit of this length is padded with silence."""
SILENCE_DBFS = -70.0
RANGE_DB = 50.0
"""Level below the loudest moment of a recording that counts as silence."""


def check_length(name: str, seconds: float) -> None:
    """Raise CorpusError naming the file if it is too short."""
    if seconds < SECONDS_MIN:
        there = math.floor(1e4 * seconds) / 10  # rounding up could make it look long enough
        raise CorpusError(f"“{name}” is too short: {there:g} of at least {1000 * SECONDS_MIN:g} milliseconds.")


def peak_amplitude(samples: Samples) -> float:
    """Peak amplitude of samples of any shape."""
    return max(float(samples.max()), -float(samples.min()))


def check_sound(name: str, seconds: float, peak: float) -> None:
    """Raise CorpusError naming the file if it is too short, or silent by the peak amplitude of its mono signal."""
    check_length(name, seconds)
    if amplitude_to_db(peak) < SILENCE_DBFS:
        raise CorpusError(f"“{name}” is silent.")
