"""A meter shows what the standard says of a sine."""

import numpy as np
import pytest

from distill_app.dsp.meters import crest, decibels, decibels_of, peak, rms

_SINE = np.sin(2 * np.pi * 997 * np.arange(44_100) / 44_100).astype(np.float32)


def test_a_full_scale_sine() -> None:
    assert peak(_SINE) == pytest.approx(0.0, abs=0.01)
    assert rms(_SINE) == pytest.approx(-3.01, abs=0.01)
    assert crest(_SINE) == pytest.approx(3.01, abs=0.01)


def test_half_of_it_is_six_decibels_less() -> None:
    assert peak(_SINE / 2) == pytest.approx(-6.02, abs=0.01)
    assert rms(_SINE / 2) == pytest.approx(-9.03, abs=0.01)


def test_each_channel_on_its_own() -> None:
    both = np.stack([_SINE, np.zeros_like(_SINE)])
    np.testing.assert_allclose(peak(both), [0.0, -np.inf], atol=0.01)
    np.testing.assert_allclose(rms(both), [-3.01, -np.inf], atol=0.01)


def test_silence_and_nothing_are_minus_infinity() -> None:
    assert decibels(0.0) == -np.inf
    assert peak(np.zeros(0, np.float32)) == -np.inf
    assert rms(np.zeros(0, np.float32)) == -np.inf


def test_a_negative_peak_counts() -> None:
    assert peak(np.array([0.1, -1.0, 0.2], np.float32)) == 0.0


@pytest.mark.parametrize("amplitude", [0.0, 1e-6, 0.5, 1.0, 2.0])
def test_one_number_is_measured_as_an_array_is(amplitude: float) -> None:
    assert decibels_of(amplitude) == pytest.approx(float(decibels(amplitude)))
