"""Numbers as a musician reads them."""

import math

import pytest

from distill_app.ui.style import format


@pytest.mark.parametrize(
    ("value", "text"), [(0.42, "+0.42"), (-0.31, "−0.31"), (0, "0.00"), (-0.001, "0.00"), (1.5, "+1.50")]
)
def test_signed_uses_a_real_minus(value: float, text: str) -> None:
    assert format.signed(value) == text


@pytest.mark.parametrize(
    ("seconds", "text"), [(0, "0:00.00"), (1.62, "0:01.62"), (59.999, "0:59.99"), (61.5, "1:01.50"), (600, "10:00.00")]
)
def test_clock(seconds: float, text: str) -> None:
    assert format.clock(seconds) == text


@pytest.mark.parametrize(
    ("hertz", "text"),
    [
        (440, "A4 0 ¢"),
        (261.6256, "C4 0 ¢"),
        (443.07, "A4 +12 ¢"),
        (27.5, "A0 0 ¢"),
        (435, "A4 −20 ¢"),
        (8372, "C9 0 ¢"),
    ],
)
def test_note_names(hertz: float, text: str) -> None:
    assert format.note(hertz) == text


def test_notes_are_exact_to_the_cent() -> None:
    for cents in range(-49, 50):
        text = format.note(440 * 2 ** (cents / 1200)).replace("−", "-").split()
        assert (text[0], int(text[1])) == ("A4", cents)


def test_hertz_ticks_and_decibels() -> None:
    assert (format.hertz(440.4), format.hertz(2500)) == ("440 Hz", "2.50 kHz")
    assert (format.tick(100), format.tick(2000)) == ("100 Hz", "2 kHz")
    assert (format.decibels(-23.04), format.decibels(-math.inf), format.decibels(0)) == (
        "−23.0 dB",
        "−∞ dB",
        "0.0 dB",
    )


def test_sizes() -> None:
    assert (format.file_size(529_244), format.file_size(10_584_044)) == ("529 kB", "10.6 MB")
