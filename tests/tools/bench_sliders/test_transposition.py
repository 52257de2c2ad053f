"""Transpositions are found among many partials, and filters and noise are none."""

import pytest

from tests.tools.bench_sliders.signals import mixture, noise, tilted, tone
from tools.bench_sliders.partials import is_tonal, to_partials
from tools.bench_sliders.transposition import transposition_cents


@pytest.mark.parametrize("semitones", [-12, -5, 0.1, 5, 12])
def test_all_partials_together_say_how_far_a_sound_is_transposed(semitones: float) -> None:
    moved = transposition_cents(tone(), tone(220 * 2 ** (semitones / 12)))
    assert moved == pytest.approx(100 * semitones, abs=2)


def test_a_filter_or_noise_transposes_nothing() -> None:
    assert transposition_cents(mixture(), tilted(mixture(), -9)) == pytest.approx(0, abs=2)
    assert transposition_cents(tone(), tone() + 0.3 * noise()) == pytest.approx(0, abs=2)


def test_tones_are_tonal_and_noise_is_not() -> None:
    assert is_tonal(to_partials(mixture()))
    assert not is_tonal(to_partials(noise()))
