"""Values of the tone as they are shown and typed."""

import pytest

from distill_app.tone.tone import TONE_CONTROLS
from distill_app.ui.play.tone_scales import tone_scale


@pytest.mark.parametrize(
    ("control", "value", "text"),
    [
        ("pitch", 1.0, "+12.0 st"),
        ("pitch", -1.0, "−12.0 st"),
        ("pitch", 0.0, "0.0 st"),
        ("pitch", 7.25 / 12, "+7.25 st"),
        ("loudness", -1.0, "−18.0 dB"),
        ("loudness", 0.5, "+3.0 dB"),
        ("speed", 1.0, "4.00×"),
        ("speed", 0.0, "1.00×"),
        ("modulation_rate", 5.0, "5.0 Hz"),
        ("air", 0.4, "+0.40"),
    ],
)
def test_a_value_is_shown_in_its_unit_and_read_back(control: str, value: float, text: str) -> None:
    scale = tone_scale(control)
    assert scale.text(value) == text
    typed = scale.read(text)
    assert typed.value == pytest.approx(value)
    assert typed.hint == ""
    assert scale.steps(value) / scale.resolution == pytest.approx(value), "the slider holds what was typed"


@pytest.mark.parametrize(
    ("control", "typed", "value", "hint"),
    [
        ("pitch", "+7", 7 / 12, ""),
        ("pitch", "-13 st", -1.0, "Set to −12.0 st: the range is −12.0 st to +12.0 st."),
        ("loudness", "-9", -0.5, ""),
        ("loudness", "7 dB", 1.0, "Set to +6.0 dB: the range is −18.0 dB to +6.0 dB."),
        ("speed", "2", 0.5, ""),
        ("speed", "0", -1.0, "Set to 0.25×: the range is 0.25× to 4.00×."),
        ("air", "2", 1.0, "Set to +1.00: the range is −1.00 to +1.00."),
        ("pitch", "high", None, "“high” is not a number; type one from −12.0 st to +12.0 st."),
    ],
)
def test_a_typed_number_is_one_in_the_unit(control: str, typed: str, value: float | None, hint: str) -> None:
    found = tone_scale(control).read(typed)
    assert found.value == (None if value is None else pytest.approx(value))
    assert found.hint == hint


def test_no_slider_of_the_tone_has_a_part_out_of_range() -> None:
    for control in TONE_CONTROLS:
        scale = tone_scale(control.id)
        assert (scale.low, scale.high, scale.origin, scale.has_outer) == (control.low, 1, 0, False)


def test_a_drag_moves_the_pitch_by_tenths_of_a_semitone_and_a_fine_one_by_cents() -> None:
    scale = tone_scale("pitch")
    assert scale.steps(0.0837, coarse=True) == 100
    assert scale.steps(0.0837) == 100
    assert scale.steps(0.0862, coarse=True) == 100
    assert scale.steps(0.0862) == 103
