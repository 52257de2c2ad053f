"""Parsing of `--slider NAME_OR_INDEX=VALUE`."""

from collections.abc import Sequence

from distill_app.cli.report import WrongUseError, note
from distill_app.common.number_parsing import parse_number
from distill_app.models.axis import SLIDER_LIMIT, Axis
from distill_app.tone.tone import TONE_CONTROLS


def slider_values(settings: Sequence[str], axes: Sequence[Axis]) -> tuple[float, ...]:
    """One value per axis, 0 by default. Names are compared without case; indices start at 1.

    Raises WrongUseError if a slider is unknown or its value is no number within ±SLIDER_LIMIT.
    """
    values = [0.0] * len(axes)
    for setting in settings:
        name, text = split_setting(setting, "--slider")
        index = find_axis(name, axes)
        if index is None:
            raise WrongUseError(_unknown(name, axes))
        values[index] = _parse_value(axes[index].name, text)
    return tuple(values)


def split_setting(setting: str, option: str) -> tuple[str, str]:
    """Name and value of a `NAME=VALUE` setting of an option. Raises WrongUseError."""
    name, equals, text = setting.rpartition("=")
    if not equals:
        raise WrongUseError(f"“{option} {setting}” should look like {option} NAME=VALUE.")
    return name.strip(), text


def find_axis(name: str, axes: Sequence[Axis]) -> int | None:
    """Index of the axis with a name, compared without case, or with a number from 1 on."""
    for index, axis in enumerate(axes):
        if axis.name.casefold() == name.casefold():
            return index
    if name.isdecimal() and 1 <= int(name) <= len(axes):
        return int(name) - 1
    return None


def _unknown(name: str, axes: Sequence[Axis]) -> str:
    known = ", ".join(f"{number} {axis.name}" for number, axis in enumerate(axes, 1))
    tone = ", ".join(control.name for control in TONE_CONTROLS)
    return f"This model has no slider “{name}”; it has: {known}; and of the tone: {tone}."


def _parse_value(name: str, text: str) -> float:
    value = parse_number(text)
    if value is None or abs(value) > SLIDER_LIMIT:
        raise WrongUseError(
            f"The slider “{name}” goes from −{SLIDER_LIMIT} to +{SLIDER_LIMIT}, so “{text}” cannot be set."
        )
    if abs(value) > 1:
        note(f"Note: {name} = {value:+g} lies beyond what the recordings hold (−1 to +1).")
    return value
