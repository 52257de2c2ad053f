"""Generated noises and instruments: levels, spectra and pitch."""

from collections.abc import Callable

import numpy as np
import pytest

from tools.vocoder_audio import RATE_HZ, noise, synthesis

Maker = Callable[[np.random.Generator, float], np.ndarray]
Noise = Callable[[np.random.Generator, int], np.ndarray]


def _spectrum(samples: np.ndarray) -> np.ndarray:
    return np.abs(np.fft.rfft(samples * np.hanning(len(samples)))) ** 2


@pytest.mark.parametrize("maker", [noise.noise_texture, synthesis.pure_tones, synthesis.synthetic_phrase])
def test_every_seed_gives_sound(maker: Maker) -> None:
    for seed in range(12):
        found = maker(np.random.default_rng(seed), 3.0)
        assert found.shape == (3 * RATE_HZ,)
        assert np.isfinite(found).all()
        assert np.abs(found).max() > 0.01


@pytest.mark.parametrize("maker", [noise.coloured_noise, noise.filtered_noise, noise.swept_noise, noise.crackle])
def test_noises_are_equally_loud(maker: Noise) -> None:
    assert np.std(maker(np.random.default_rng(1), RATE_HZ)) == pytest.approx(1.0, abs=0.01)


def test_colours_range_from_blue_to_brown() -> None:
    def treble_db(seed: int) -> float:
        power = _spectrum(noise.coloured_noise(np.random.default_rng(seed), RATE_HZ))
        return float(10 * np.log10(power[10_000:11_000].mean() / power[100:110].mean()))

    found = [treble_db(seed) for seed in range(40)]  # the two bands lie a factor of a hundred apart
    assert min(found) < -30
    assert max(found) > 10


def test_envelope_is_between_0_and_1() -> None:
    for seed in range(20):
        level = noise.envelope(np.random.default_rng(seed), 2 * RATE_HZ)
        assert level.min() >= 0
        assert level.max() <= 1


@pytest.mark.parametrize("synth", [synthesis._subtractive, synthesis._plucked, synthesis._organ])
def test_synth_sounds_at_the_played_pitch(synth: Callable[[np.random.Generator], synthesis.Synth]) -> None:
    """The signal correlates with itself one period later."""
    for seed in range(6):
        sound = synth(np.random.default_rng(seed))(220.5, 1.5)[: RATE_HZ * 3 // 2]  # a period of 200 samples
        middle = sound[RATE_HZ // 2 : RATE_HZ]
        likeness = [np.corrcoef(middle[lag:], middle[:-lag])[0, 1] for lag in (200, 201, 130)]
        assert max(likeness[:2]) > 0.8
        assert max(likeness[:2]) > likeness[2]


def test_saw_has_less_aliasing_than_a_plain_one() -> None:
    hertz, length = 2_999.0, RATE_HZ
    smooth = synthesis._oscillator(np.random.default_rng(0), hertz, length, None)
    plain = 2 * ((hertz / RATE_HZ * np.arange(length)) % 1.0) - 1
    below = slice(100, 2_800)  # Hz: nothing of a saw at 2,999 Hz belongs there
    lower_db = 10 * np.log10(_spectrum(smooth)[below].sum() / _spectrum(plain)[below].sum())
    assert lower_db < -20


def test_synths_have_no_frequencies_above_the_limit() -> None:
    assert len(synthesis._SYNTHS) > 2
    for synth in synthesis._SYNTHS[2:]:
        power = _spectrum(synth(np.random.default_rng(2))(6_000.0, 1.0))
        top = round(len(power) * 20_500 / (RATE_HZ / 2))
        assert power[top:].sum() < 0.01 * power.sum()
