"""Measures of single renders with a known answer, and sounds that must score badly."""

import math

import numpy as np
import pytest
import torch

from distill_app.dsp.mel import to_mel
from tests.tools.bench_sound.signals import RATE, Samples, noise, pulsing, tone
from tools.bench_sound.measures import (
    attack,
    mel_error_db,
    novelty_db,
    pooled_windows,
    repetition,
    spectrum_error_db,
    spectrum_step_db,
)


def _hit(attack_seconds: float, before_seconds: float = 0.0) -> Samples:
    """Noise that rises in a straight line and dies away in 50 ms."""
    time = np.arange(RATE) / RATE
    shape = np.minimum(time / attack_seconds, np.exp(-np.maximum(time - attack_seconds, 0) / 0.05))
    carrier = np.sign(noise(3, 1.0))
    return np.concatenate([np.zeros(round(before_seconds * RATE)), shape * carrier]).astype(np.float32)


def test_a_loop_repeats_itself_and_noise_does_not() -> None:
    assert repetition(np.tile(noise(1, 1.11), 6)[: round(6.1 * RATE)]) > 0.95
    assert repetition(noise(1, 6.1)) < 0.2


def test_a_loop_longer_than_the_lags_does_not_repeat() -> None:
    assert repetition(np.tile(noise(1, 3.1), 2)) < 0.2


def test_a_short_sound_has_no_repetition() -> None:
    assert math.isnan(repetition(noise(1, 2.0)))


def test_a_sound_that_goes_on_has_small_steps_and_a_patchwork_large_ones() -> None:
    steady = noise(1, 4.0)
    patched = np.concatenate([part for number in range(4) for part in (noise(number, 0.5), tone(600, 0.5))])
    assert spectrum_step_db(steady) < 1
    assert spectrum_step_db(pulsing(4.0, steady)) < 2
    assert spectrum_step_db(patched) > 10
    assert math.isnan(spectrum_step_db(noise(1, 1.5)))


def test_a_gain_is_an_error_of_as_many_decibels() -> None:
    one, other = to_mel(noise(1)), to_mel(noise(1) / 2)
    assert mel_error_db(one, other) == pytest.approx(6.02, abs=0.01)
    assert spectrum_error_db(one, other) == pytest.approx(6.02, abs=0.01)


def test_modulation_at_equal_power_leaves_the_spectrum() -> None:
    plain = noise(1, 4.0)
    moving = pulsing(4.0, plain) / np.sqrt(1.5)
    assert spectrum_error_db(to_mel(plain), to_mel(moving)) < 0.5
    assert mel_error_db(to_mel(plain), to_mel(moving)) > 3


def test_another_sound_has_a_large_error() -> None:
    assert spectrum_error_db(to_mel(noise(1)), to_mel(tone(440))) > 20


def test_a_copy_is_not_novel_and_another_sound_is() -> None:
    recording = to_mel(np.concatenate([noise(1, 2.0), tone(300, 2.0)]))
    known = pooled_windows(recording, 1)
    assert novelty_db(recording[:, 20:150], known) == pytest.approx(0, abs=0.01)
    assert novelty_db(to_mel(tone(3_000)), known) > 5
    assert math.isnan(novelty_db(recording[:, :50], known))


def test_a_soft_part_of_a_loud_recording_is_not_novel() -> None:
    recording = to_mel(np.concatenate([noise(1, 2.0), 1e-3 * tone(300, 2.0)]))
    assert novelty_db(recording[:, 200:328], pooled_windows(recording, 1)) == pytest.approx(0, abs=0.01)


def test_a_straight_attack_has_its_rise_time_and_onset() -> None:
    found = attack(_hit(0.02, before_seconds=0.03))
    assert found.rise_ms == pytest.approx(16, abs=1.1)
    assert found.onset_ms == pytest.approx(32, abs=1.1)


def test_a_smeared_attack_scores_worse() -> None:
    assert attack(_hit(0.06)).rise_ms > 3 * attack(_hit(0.01)).rise_ms


def test_crest_of_a_sine_is_three_decibels() -> None:
    assert attack(tone(100)).crest_db == pytest.approx(3.01, abs=0.01)


def test_silence_has_no_attack() -> None:
    assert math.isnan(attack(np.zeros(100, np.float32)).rise_ms)


def test_cells_below_the_range_do_not_count() -> None:
    asked = torch.tensor([[0.0, 0.0], [-20.0, -20.0]])
    assert mel_error_db(asked, torch.tensor([[0.0, 0.0], [-9.0, -90.0]])) == 0
