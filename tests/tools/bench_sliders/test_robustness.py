"""Measures are not led astray: by a gain at the gate, by partials lost in noise, by sidebands between partials."""

import math

import numpy as np
import pytest

from tests.tools.bench_sliders.signals import hit, noise, swelling, tone
from tools.bench_sliders.bands import RATE_HZ, Signal
from tools.bench_sliders.levels import k_level
from tools.bench_sliders.partials import noisiness, to_partials
from tools.bench_sliders.trials import judged_cents


def test_a_gain_moves_the_level_of_a_hit_by_itself_whatever_its_tail_does() -> None:
    sound = np.pad(hit(), (0, 2 * RATE_HZ))
    sound += 10 ** (-58 / 20) * noise()[: len(sound)] / np.std(noise())
    levels = [k_level(sound * 10 ** (gain / 20)) - gain for gain in range(-18, 19, 3)]
    assert np.ptp(levels) < 0.01


def test_a_sound_lost_in_noise_has_no_transposition_and_pitch_keeps_its_octaves() -> None:
    lost: Signal = tone() * 0.001 + noise()
    octave = tone(440.0)
    assert math.isnan(judged_cents("noisiness", tone(), lost))
    assert judged_cents("brightness", tone(), octave) == pytest.approx(0, abs=5)
    assert judged_cents("pitch", tone(), octave) == pytest.approx(1_200, abs=5)


def test_a_modulation_between_dense_partials_is_less_noisy_than_noise() -> None:
    chord = sum(tone(frequency, 20) for frequency in (196.0, 246.9, 293.7, 440.0))
    rough = noisiness(to_partials(swelling(np.asarray(chord), 70, 0.8)))
    noisy = noisiness(to_partials(np.asarray(chord) + 0.3 * noise()))
    assert rough < noisy - 3
