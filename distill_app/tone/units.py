"""Units in which values of the tone are shown and typed. No torch."""

import math
from collections.abc import Callable
from dataclasses import dataclass

from distill_app.tone.tone import Tone

SEMITONES = 12
"""Semitones of an octave, by which a whole slider of the pitch moves."""
_LOUDEST_DB, _SOFTEST_DB = Tone(loudness=1.0).loudness_db, Tone(loudness=-1.0).loudness_db
_FASTEST = Tone(speed=1.0).speed_ratio


@dataclass(frozen=True)
class ToneUnit:
    """Unit of a slider's values.

    Args:
        spellings: how it is written after a number, the usual one first.
        number: number in the unit of a value of −1 … +1; it grows with the value.
        of_number: value of a number in the unit, unlimited; NaN where there is none.
    """

    spellings: tuple[str, ...]
    number: Callable[[float], float]
    of_number: Callable[[float], float]


def _loudness_of(decibels: float) -> float:
    return decibels / (_LOUDEST_DB if decibels > 0 else -_SOFTEST_DB)


def _speed_of(factor: float) -> float:
    return math.log(factor, _FASTEST) if factor > 0 else math.nan


TONE_UNITS = {
    "loudness": ToneUnit(("dB",), lambda value: Tone(loudness=value).loudness_db, _loudness_of),
    "pitch": ToneUnit(("st",), lambda value: value * SEMITONES, lambda number: number / SEMITONES),
    "speed": ToneUnit(("×", "x"), lambda value: Tone(speed=value).speed_ratio, _speed_of),
}
"""Units by the id of a slider; the others have none."""
