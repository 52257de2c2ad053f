"""What a sound needs to be learned from. No torch."""

from distill_app.dsp.meters import decibels_of
from distill_app.errors import CorpusError

SECONDS_MIN = 0.2
SILENCE_DBFS = -70.0
RANGE_DB = 50.0
"""What is so far below the loudest moment of a recording is silence before, after and between its sounds."""


def check_length(name: str, seconds: float) -> None:
    """Raises CorpusError where a file of this name is too short."""
    if seconds < SECONDS_MIN:
        raise CorpusError(f"“{name}” is too short: {seconds:.2f} of at least {SECONDS_MIN} seconds.")


def check_sound(name: str, seconds: float, peak: float) -> None:
    """Raises CorpusError where a file of this name and peak amplitude is too short or silent."""
    check_length(name, seconds)
    if decibels_of(peak) < SILENCE_DBFS:
        raise CorpusError(f"“{name}” is silent.")
