"""Computed instruments sound as their names say."""

from collections.abc import Callable

import numpy as np
import pytest

from tools.vocoder_audio import RATE_HZ, noise, synthesis

Maker = Callable[[np.random.Generator, float], np.ndarray]
Noise = Callable[[np.random.Generator, int], np.ndarray]


def _spectrum(samples: np.ndarray) -> np.ndarray:
    return np.abs(np.fft.rfft(samples * np.hanning(len(samples)))) ** 2


@pytest.mark.parametrize("maker", [noise.noise_texture, synthesis.pure_tones, synthesis.synthetic_phrase])
def test_whatever_the_dice_say_it_is_sound(maker: Maker) -> None:
    for seed in range(12):
        found = maker(np.random.default_rng(seed), 3.0)
        assert found.shape == (3 * RATE_HZ,)
        assert np.isfinite(found).all()
        assert np.abs(found).max() > 0.01


@pytest.mark.parametrize("maker", [noise.coloured, noise.filtered, noise.swept, noise.crackle])
def test_a_noise_is_as_loud_as_any_other(maker: Noise) -> None:
    assert np.std(maker(np.random.default_rng(1), RATE_HZ)) == pytest.approx(1.0, abs=0.01)


def test_colours_run_from_blue_to_brown() -> None:
    def treble_db(seed: int) -> float:
        power = _spectrum(noise.coloured(np.random.default_rng(seed), RATE_HZ))
        return float(10 * np.log10(power[10_000:11_000].mean() / power[100:110].mean()))

    found = [treble_db(seed) for seed in range(40)]  # the two bands lie a factor of a hundred apart
    assert min(found) < -30
    assert max(found) > 10


def test_an_envelope_stays_between_silence_and_full() -> None:
    for seed in range(20):
        level = noise.envelope(np.random.default_rng(seed), 2 * RATE_HZ)
        assert level.min() >= 0
        assert level.max() <= 1


@pytest.mark.parametrize("voice", [synthesis._subtractive, synthesis._plucked, synthesis._organ])
def test_a_voice_sounds_at_the_pitch_it_is_played(voice: Callable[[np.random.Generator], synthesis.Voice]) -> None:
    """Its partials are multiples of the pitch: the signal resembles itself one period later."""
    for seed in range(6):
        sound = voice(np.random.default_rng(seed))(220.5, 1.5)[: RATE_HZ * 3 // 2]  # a period of 200 samples
        middle = sound[RATE_HZ // 2 : RATE_HZ]
        likeness = [np.corrcoef(middle[lag:], middle[:-lag])[0, 1] for lag in (200, 201, 130)]
        assert max(likeness[:2]) > 0.8
        assert max(likeness[:2]) > likeness[2]


def test_a_saw_has_less_of_what_is_no_harmonic_than_a_plain_one() -> None:
    hertz, length = 2_999.0, RATE_HZ
    smooth = synthesis._oscillator(np.random.default_rng(0), hertz, length, None)
    plain = 2 * ((hertz / RATE_HZ * np.arange(length)) % 1.0) - 1
    below = slice(100, 2_800)  # Hz: nothing of a saw at 2,999 Hz belongs there
    lower_db = 10 * np.log10(_spectrum(smooth)[below].sum() / _spectrum(plain)[below].sum())
    assert lower_db < -20


def test_nothing_goes_beyond_what_a_recording_can_hold() -> None:
    assert len(synthesis._VOICES) > 2
    for voice in synthesis._VOICES[2:]:
        power = _spectrum(voice(np.random.default_rng(2))(6_000.0, 1.0))
        top = round(len(power) * 20_500 / (RATE_HZ / 2))
        assert power[top:].sum() < 0.01 * power.sum()
