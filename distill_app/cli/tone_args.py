"""Parsing of `--tone NAME=VALUE`, and of sliders of the tone given by `--slider`."""

import argparse
from collections.abc import Sequence
from dataclasses import replace

from distill_app.cli.arguments import decimal
from distill_app.cli.report import WrongUseError
from distill_app.cli.slider_args import find_axis, split_setting
from distill_app.common.number_parsing import parse_number
from distill_app.models.axis import Axis
from distill_app.tone.tone import NEUTRAL, TONE_CONTROLS, Tone, ToneControl, controls_for
from distill_app.tone.units import TONE_UNITS


def add_tone(parser: argparse.ArgumentParser) -> None:
    tone = "a tone slider by name, −1 to +1, or in its unit, as pitch=+7st or loudness=-6dB; once for each slider"
    parser.add_argument("--tone", action="append", default=[], metavar="NAME=VALUE", help=tone)
    rate = f"how fast the tremolo of the tone slider Modulation is, 0.5 to 15 (default: {NEUTRAL.modulation_rate:g})"
    parser.add_argument("--modulation-rate", type=decimal, default=NEUTRAL.modulation_rate, metavar="HZ", help=rate)


def split_sliders(settings: Sequence[str], axes: Sequence[Axis]) -> tuple[list[str], list[str]]:
    """The `--slider` settings of the model's sliders, and those of tone sliders whose name no slider of it has."""
    own, tone = list[str](), list[str]()
    for setting in settings:
        name, _ = split_setting(setting, "--slider")
        is_tone = find_axis(name, axes) is None and _find_control(name) is not None
        (tone if is_tone else own).append(setting)
    return own, tone


def tone_of(settings: Sequence[str], modulation_rate: float, one_shot: bool) -> Tone:
    """Tone of `NAME=VALUE` settings; names and ids are compared without case.

    Args:
        one_shot: whether a sound of the model is one hit.

    Raises WrongUseError where a slider is unknown or changes nothing on the model, or its value is out of range,
    SettingsError where the rate is.
    """
    tone = replace(NEUTRAL, modulation_rate=modulation_rate)
    for setting in settings:
        name, text = split_setting(setting, "--tone")
        control = _usable_control(name, one_shot)
        tone = tone.with_value(control.id, _parse_value(control, text))
    return tone


def _find_control(name: str) -> ToneControl | None:
    found = (each for each in TONE_CONTROLS if name.casefold() in (each.id.casefold(), each.name.casefold()))
    return next(found, None)


def _usable_control(name: str, one_shot: bool) -> ToneControl:
    control, usable = _find_control(name), controls_for(one_shot)
    if control is None:
        known = ", ".join(each.name for each in usable)
        raise WrongUseError(f"There is no tone slider “{name}”; there are: {known}.")
    if control not in usable:
        kind = "one-shots" if control.plays == "one-shots" else "sustained sounds"
        raise WrongUseError(f"The tone slider “{control.name}” changes only models of {kind}, and this is none.")
    return control


def _parse_value(control: ToneControl, text: str) -> float:
    """Value of the slider, given as it is or in its unit."""
    value, unit = parse_number(text), TONE_UNITS.get(control.id)
    if value is None and unit is not None:
        number = parse_number(text, *unit.spellings)
        value = None if number is None else unit.of_number(number)
    if value is None or not control.low <= value <= 1:
        raise WrongUseError(f"The tone slider “{control.name}” goes from {_range(control)}, so “{text}” cannot be set.")
    return value


def _range(control: ToneControl) -> str:
    unit = TONE_UNITS.get(control.id)
    if unit is None:
        return f"{control.low:+g} to +1".replace("-", "−").replace("+0", "0")
    low, high = (f"{unit.number(value):g} {unit.spellings[0]}".replace("-", "−") for value in (-1.0, 1.0))
    return f"−1 to +1, or from {low} to {high}"
