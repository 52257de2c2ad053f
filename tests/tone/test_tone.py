"""The settings of a tone."""

from dataclasses import fields

import pytest

from distill_app.common.errors import SettingsError
from distill_app.tone.tone import NEUTRAL, TONE_CONTROLS, Tone, controls_for


def test_every_slider_is_a_field_of_the_tone() -> None:
    assert {each.id for each in TONE_CONTROLS} == {field.name for field in fields(Tone)} - {"modulation_rate"}
    for control in TONE_CONTROLS:
        moved = NEUTRAL.with_value(control.id, 0.5)
        assert moved.value(control.id) == 0.5
        assert not moved.is_neutral
        assert moved.with_value(control.id, 0.0) == NEUTRAL


def test_hits_have_an_attack_and_sustained_sounds_a_pace() -> None:
    hits, sustained = ({each.id for each in controls_for(one_shots)} for one_shots in (True, False))
    assert hits - sustained == {"attack", "decay"}
    assert sustained - hits == {"motion", "modulation", "speed"}


def test_a_rate_alone_changes_nothing() -> None:
    assert Tone(modulation_rate=8.0).is_neutral


@pytest.mark.parametrize("values", [{"air": 1.1}, {"pitch": float("nan")}, {"modulation_rate": 0.0}, {"attack": -0.1}])
def test_values_out_of_range_are_refused(values: dict[str, float]) -> None:
    with pytest.raises(SettingsError):
        Tone(**values)


def test_pitch_is_an_octave_at_either_end() -> None:
    assert (Tone(pitch=1.0).pitch_ratio, Tone(pitch=-1.0).pitch_ratio) == (2.0, 0.5)
