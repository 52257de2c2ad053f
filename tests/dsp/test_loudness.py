"""Loudness has the values of ITU-R BS.1770, also of sounds shorter than its windows."""

import numpy as np
import pytest

from distill_app.dsp.loudness import SILENCE_LUFS, audible_span, k_weighted, k_weights, loudness_lufs

RATE = 44_100


def sine(hertz: float, seconds: float, rate: int = RATE, amplitude: float = 1.0) -> np.ndarray:
    return amplitude * np.sin(2 * np.pi * hertz * np.arange(round(seconds * rate)) / rate)


@pytest.mark.parametrize(
    ("rate", "hertz", "decibels"),
    [
        (48_000, 20, -13.28),
        (48_000, 38, -6.00),
        (48_000, 100, -1.1335),
        (48_000, 997, 0.691),
        (48_000, 10_000, 4.0419),
        (44_100, 100, -1.1297),
        (44_100, 997, 0.6938),
        (44_100, 10_000, 4.0458),
    ],
)
def test_the_weighting_is_that_of_the_recommendation(rate: int, hertz: float, decibels: float) -> None:
    assert 10 * np.log10(k_weights(np.array([hertz]), rate)[0]) == pytest.approx(decibels, abs=0.006)


@pytest.mark.parametrize("rate", [44_100, 48_000, 96_000])
@pytest.mark.parametrize("seconds", [0.5, 2.9, 3.1, 9.0])
def test_a_full_scale_sine_is_at_minus_3_01_lufs_and_in_both_channels_at_0(rate: int, seconds: float) -> None:
    wave = sine(997, seconds, rate)
    assert loudness_lufs(wave, rate) == pytest.approx(-3.01, abs=0.02)
    assert loudness_lufs(np.stack([wave, wave]), rate) == pytest.approx(0.0, abs=0.02)
    assert loudness_lufs(0.1 * wave, rate) == pytest.approx(-23.01, abs=0.02)


def test_silence_around_a_short_sound_does_not_change_its_loudness() -> None:
    hit = sine(997, 0.1) * np.exp(-np.arange(4_410) / 800)
    around = np.concatenate([np.zeros(30_000), hit, np.zeros(60_000)])
    assert loudness_lufs(around, RATE) == pytest.approx(loudness_lufs(hit, RATE), abs=0.05)
    assert loudness_lufs(np.zeros(1_000), RATE) == loudness_lufs(np.zeros(0), RATE) == SILENCE_LUFS


def test_what_is_fainter_than_40_db_below_the_peak_is_not_part_of_the_sound() -> None:
    wave = np.concatenate([sine(997, 0.5), sine(997, 0.5, amplitude=0.009)])
    assert audible_span(wave)[1] == pytest.approx(RATE / 2, abs=30)
    assert loudness_lufs(wave, RATE) == pytest.approx(-3.01, abs=0.03)


def test_a_long_sound_filtered_in_blocks_is_filtered_as_a_whole() -> None:
    noise = np.random.default_rng(0).standard_normal(25 * 8_000)
    whole = np.fft.irfft(np.fft.rfft(noise, 2**18) * np.fft.rfft(k_weighted(np.eye(1, 60_000)[0], 8_000), 2**18), 2**18)
    np.testing.assert_allclose(k_weighted(noise, 8_000), whole[: len(noise)], atol=1e-9)
