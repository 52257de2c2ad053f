"""Descriptors on sounds whose values are known."""

import math

import numpy as np
import pytest

from distill_app.dsp import descriptors as d
from distill_app.dsp.sound import Samples

RATE = 44_100


def sine(hz: float, seconds: float = 2.0, amplitude: float = 0.5) -> Samples:
    return (amplitude * np.sin(2 * np.pi * hz * np.arange(round(seconds * RATE)) / RATE)).astype(np.float32)


def noise(seconds: float = 4.0) -> Samples:
    return np.random.default_rng(0).normal(0, 0.1, round(seconds * RATE)).astype(np.float32)


def saw(hz: float) -> Samples:
    return sum(sine(hz * n, amplitude=0.3 / n) for n in range(1, 40)).astype(np.float32)  # type: ignore[union-attr]


def test_loudness_of_a_full_scale_sine_is_minus_3_01_dbfs() -> None:
    assert d.descriptor("loudness").measure(sine(997, amplitude=1.0), RATE) == pytest.approx(-3.01, abs=0.01)
    assert d.descriptor("loudness").measure(sine(997, amplitude=0.1), RATE) == pytest.approx(-23.01, abs=0.01)


def test_crest_of_a_sine_is_3_01_db_and_of_a_click_is_high() -> None:
    assert d.crest_db(sine(997), RATE) == pytest.approx(3.01, abs=0.02)
    click = np.zeros(RATE, np.float32)
    click[100] = 0.5
    assert d.crest_db(click, RATE) == pytest.approx(10 * math.log10(RATE), abs=0.1)


def test_centroid_of_one_sine_is_its_frequency_and_of_two_equal_ones_lies_between() -> None:
    assert d.centroid_hz(sine(3000), RATE) == pytest.approx(3000, rel=0.01)
    assert d.centroid_hz(sine(1000) + sine(3000), RATE) == pytest.approx(2000, rel=0.01)


def test_centroid_and_spread_of_white_noise_are_those_of_a_uniform_density() -> None:
    assert d.centroid_hz(noise(), RATE) == pytest.approx(RATE / 4, rel=0.01)
    assert d.spread_hz(noise(), RATE) == pytest.approx(RATE / 2 / math.sqrt(12), rel=0.01)


def test_spread_of_two_equal_sines_is_half_their_distance() -> None:
    assert d.spread_hz(sine(4000) + sine(6000), RATE) == pytest.approx(1000, rel=0.05)


def test_flatness_is_e_to_minus_gamma_for_white_noise_and_near_zero_for_a_sine() -> None:
    assert d.flatness(noise(), RATE) == pytest.approx(math.exp(-0.5772), rel=0.02)
    assert d.flatness(sine(1000), RATE) < 1e-3


def test_silence_around_a_sound_changes_no_spectral_descriptor() -> None:
    padded = np.concatenate([np.zeros(RATE, np.float32), noise(), np.zeros(RATE, np.float32)])
    for measure in (d.centroid_hz, d.spread_hz, d.flatness, d.low_share_db, d.harmonicity):
        assert measure(padded, RATE) == pytest.approx(measure(noise(), RATE), rel=0.02)


def test_shares_of_low_and_high_energy() -> None:
    half = sine(100) + sine(1000)
    assert d.low_share_db(half, RATE) == pytest.approx(-3.01, abs=0.1)
    assert d.low_share_db(sine(100), RATE) == pytest.approx(0, abs=0.01)
    assert d.high_share_db(sine(1000) + sine(9000), RATE) == pytest.approx(-3.01, abs=0.05)
    assert d.high_share_db(sine(1000), RATE) < -40


def test_modulation_depth_is_that_of_the_tremolo_whatever_the_level() -> None:
    for depth in (0.2, 0.8):
        tremolo = (1 + depth * np.sin(2 * np.pi * 5 * np.arange(4 * RATE) / RATE)).astype(np.float32)
        for amplitude in (0.01, 0.4):
            assert d.modulation_depth(tremolo * sine(500, 4, amplitude), RATE) == pytest.approx(depth, rel=0.05)
    assert d.modulation_depth(sine(500, 4), RATE) < 0.01


def test_modulation_outside_2_to_16_hz_does_not_count() -> None:
    slow = (1 + 0.8 * np.sin(2 * np.pi * 0.5 * np.arange(8 * RATE) / RATE)).astype(np.float32)
    assert d.modulation_depth(slow * sine(500, 8), RATE) < 0.05


def test_flux_is_zero_for_a_held_tone_and_high_for_a_melody() -> None:
    melody = np.concatenate([sine(hz, 0.05) for hz in (300, 2000, 700, 5000) * 10])
    assert d.flux(sine(440), RATE) < 0.01
    assert d.flux(melody, RATE) > 0.5


@pytest.mark.parametrize("seconds", [0.02, 0.2, 1.0])
def test_attack_is_four_fifths_of_a_linear_rise(seconds: float) -> None:
    ramp = np.minimum(1, np.arange(2 * RATE) / (seconds * RATE)).astype(np.float32)
    assert d.attack_seconds(ramp * sine(2000), RATE) == pytest.approx(0.8 * seconds, abs=0.006)


@pytest.mark.parametrize("seconds", [0.1, 0.5])
def test_decay_is_the_time_of_20_db(seconds: float) -> None:
    falling = np.exp(-math.log(10) * np.arange(2 * RATE) / RATE / seconds).astype(np.float32)
    assert d.decay_seconds(falling * sine(2000), RATE) == pytest.approx(seconds, abs=0.011)


def test_harmonicity_tells_tones_from_noise() -> None:
    assert d.harmonicity(saw(110), RATE) > 0.99
    assert d.harmonicity(noise(), RATE) < 0.2
    assert 0.3 < d.harmonicity(saw(110) + 2 * noise(2.0), RATE) < 0.95


@pytest.mark.parametrize("hz", [55.0, 220.0, 700.0])
def test_pitch_of_a_saw_is_its_fundamental(hz: float) -> None:
    assert d.pitch_hz(saw(hz), RATE) == pytest.approx(hz, rel=0.01)


def test_every_descriptor_gives_a_number_for_silence_and_for_a_click() -> None:
    click = np.zeros(1000, np.float32)
    click[10] = 1
    assert d.DESCRIPTORS
    for each in d.DESCRIPTORS:
        assert math.isfinite(each.measure(np.zeros(RATE, np.float32), RATE)), each.id
        assert math.isfinite(each.measure(click, RATE)), each.id


def test_ids_and_names_are_unique_and_found() -> None:
    assert len({each.id for each in d.DESCRIPTORS}) == len({each.name for each in d.DESCRIPTORS}) == len(d.DESCRIPTORS)
    assert d.descriptor("centroid").name == "Brightness"


def test_difference_is_in_steps_of_what_is_audible() -> None:
    assert d.descriptor("loudness").difference(-20, -26) == pytest.approx(3)
    assert d.descriptor("centroid").difference(1000, 1150) == pytest.approx(1)
