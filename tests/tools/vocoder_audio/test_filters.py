"""Frequency responses, decay and levels of the effects."""

from collections.abc import Callable

import numpy as np
import pytest
from scipy import signal

from tools.vocoder_audio import RATE_HZ, filters

TIME = np.arange(RATE_HZ) / RATE_HZ


def _tone(hertz: float) -> np.ndarray:
    return 0.1 * np.sin(2 * np.pi * hertz * TIME)


def _gain_db(before: np.ndarray, after: np.ndarray) -> float:
    inner = slice(8_000, -8_000)
    return float(20 * np.log10(np.std(after[inner]) / np.std(before[inner])))


@pytest.mark.parametrize(("hertz", "gain_db"), [(1_000.0, 6.0), (30.0, 0.0), (15_000.0, 0.0)])
def test_a_bell_lifts_its_frequency_alone(hertz: float, gain_db: float) -> None:
    tone = _tone(hertz)
    assert _gain_db(tone, signal.sosfilt(filters.bell(1_000.0, 6.0, 1.0), tone)) == pytest.approx(gain_db, abs=0.1)


@pytest.mark.parametrize(("hertz", "gain_db"), [(250.0, 0.0), (2_000.0, -24.0), (4_000.0, -48.0)])
def test_the_low_pass_falls_by_its_slope(hertz: float, gain_db: float) -> None:
    tone = _tone(hertz)
    passed = filters.moving_lowpass(tone, np.full(len(tone), 1_000.0), 0.0, 24.0)
    assert len(passed) == len(tone)
    assert _gain_db(tone, passed) == pytest.approx(gain_db, abs=1.0)


def test_the_low_pass_follows_its_curve() -> None:
    tone = _tone(3_000.0)
    passed = filters.moving_lowpass(tone, np.geomspace(200.0, 18_000.0, len(tone)), 0.0, 24.0)
    assert np.std(passed[-8_000:]) > 30 * np.std(passed[:8_000])


def test_the_band_pass_lets_its_middle_through() -> None:
    for hertz, gain_db in ((1_000.0, 0.0), (2_000.0, 20 * np.log10(np.exp(-0.5)))):
        tone = _tone(hertz)
        passed = filters.moving_bandpass(tone, np.full(len(tone), 1_000.0), 1.0)
        assert _gain_db(tone, passed) == pytest.approx(gain_db, abs=0.2)


def test_room_response_decays() -> None:
    for seed in range(10):
        parts = np.array_split(filters.room_response(np.random.default_rng(seed)), 10)
        assert np.std(parts[-1]) < np.std(parts[0]) / 100


@pytest.mark.parametrize("effect", [filters.equalise, filters.limit_band, filters.saturate, filters.add_reverb])
def test_an_effect_keeps_length_and_silence(effect: Callable[[np.random.Generator, np.ndarray], np.ndarray]) -> None:
    for seed in range(5):
        found = effect(np.random.default_rng(seed), np.zeros(RATE_HZ))
        assert found.shape == (RATE_HZ,)
        assert not found.any()
        assert not np.array_equal(effect(np.random.default_rng(seed), _tone(440.0)), _tone(440.0))


def test_peak_is_at_the_requested_level() -> None:
    assert np.abs(filters.normalise_peak(_tone(440.0) + 0.5, -20.0)).max() == pytest.approx(0.1)
    assert not filters.normalise_peak(np.zeros(100), -1.0).any()
