"""Units of the tone's values."""

import math

import pytest

from distill_app.tone.units import TONE_UNITS


@pytest.mark.parametrize("control", TONE_UNITS)
def test_a_number_in_a_unit_leads_back_to_its_value(control: str) -> None:
    unit = TONE_UNITS[control]
    values = [-1.0, -0.4, 0.0, 0.25, 1.0]
    numbers = [unit.number(value) for value in values]
    assert numbers == sorted(set(numbers))
    assert [unit.of_number(number) for number in numbers] == pytest.approx(values)


def test_the_ends_are_those_that_a_musician_reads() -> None:
    ends = {id: [round(unit.number(value), 6) for value in (-1.0, 0.0, 1.0)] for id, unit in TONE_UNITS.items()}
    assert ends == {"loudness": [-18, 0, 6], "pitch": [-12, 0, 12], "speed": [0.25, 1, 4]}
    assert math.isnan(TONE_UNITS["speed"].of_number(-2.0))
