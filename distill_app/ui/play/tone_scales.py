"""Scales of the sliders of the tone: most from −1 to +1, some in a unit that a musician knows."""

from collections.abc import Callable

from distill_app.tone.tone import TONE_CONTROLS, Tone
from distill_app.tone.units import SEMITONES, TONE_UNITS
from distill_app.ui.play.tone_help import RATE
from distill_app.ui.style.format import signed
from distill_app.ui.widgets.unit_scale import UnitScale
from distill_app.ui.widgets.value_scale import ValueScale

_PLAIN, _UPWARDS = ValueScale(-1.0, 1.0, inner=1.0), ValueScale(0.0, 1.0)
_CENTS = 100


def _semitones(number: float) -> str:
    """`+7.0 st`, with a second digit where there are single cents."""
    return f"{signed(number, 2 if round(number * _CENTS) % 10 else 1)} st"


def _decibels(number: float) -> str:
    return f"{signed(number, 1)} dB"


def _factor(number: float) -> str:
    return f"{number:.2f}×"


def _hertz(number: float) -> str:
    return f"{number:.1f} Hz"


def _in_unit(control: str, formatted: Callable[[float], str], resolution: int, coarse: int, step: float) -> UnitScale:
    """Scale from −1 to +1 in the unit of a slider.

    Args:
        step: distance by which an arrow key or a notch of the wheel moves it.
    """
    unit = TONE_UNITS[control]
    return UnitScale(
        low=-1.0,
        high=1.0,
        inner=1.0,
        resolution=resolution,
        coarse=coarse,
        key_step=step,
        wheel_step=step,
        formatted=formatted,
        units=unit.spellings,
        number=unit.number,
        of_number=unit.of_number,
    )


_SCALES: dict[str, ValueScale] = {each.id: _UPWARDS for each in TONE_CONTROLS if each.low == 0} | {
    "pitch": _in_unit("pitch", _semitones, SEMITONES * _CENTS, _CENTS // 10, 1 / SEMITONES),
    "loudness": _in_unit("loudness", _decibels, 180, 3, 1 / 12),
    "speed": _in_unit("speed", _factor, 1_000, 10, 0.05),
    RATE: UnitScale(
        low=0.5,
        high=15.0,
        origin=Tone().modulation_rate,
        resolution=10,
        key_step=0.5,
        wheel_step=0.5,
        formatted=_hertz,
        units=("hz",),
    ),
}


def tone_scale(control: str) -> ValueScale:
    """Scale of a slider of the tone, or of the rate of the modulation, by its id."""
    return _SCALES.get(control, _PLAIN)
