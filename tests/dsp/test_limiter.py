"""Nothing exceeds the ceiling, nothing else is touched."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from distill_app.dsp.limiter import CEILING, LOOK_AHEAD, Limiter
from distill_app.dsp.sound import Samples

RATE = 44_100


def through(limiter: Limiter, samples: Samples, size: int = 256) -> Samples:
    """Without the delay."""
    padded = np.concatenate([samples, np.zeros((LOOK_AHEAD, samples.shape[1]), np.float32)])
    blocks = [limiter.process(padded[start : start + size]) for start in range(0, len(padded), size)]
    return np.concatenate(blocks)[LOOK_AHEAD:]


def noise(frames: int, level: float, seed: int = 0) -> Samples:
    return (level * np.random.default_rng(seed).standard_normal((frames, 2))).astype(np.float32)


def test_samples_below_the_ceiling_are_unchanged() -> None:
    samples = np.clip(noise(20_000, 0.5), -CEILING, CEILING)
    limiter = Limiter(RATE)
    np.testing.assert_array_equal(through(limiter, samples), samples)
    assert limiter.limited == 0


@settings(deadline=None, max_examples=25)
@given(seed=st.integers(0, 1000), level=st.floats(0.2, 20.0), size=st.sampled_from([1, 7, 64, 256, 3000]))
def test_nothing_exceeds_the_ceiling(seed: int, level: float, size: int) -> None:
    frames = min(3000, 400 * size)  # blocks of one sample take long
    assert np.abs(through(Limiter(RATE), noise(frames, level, seed), size)).max() <= CEILING


@pytest.mark.parametrize("size", [1, 64, 500])
def test_the_size_of_the_blocks_is_not_heard(size: int) -> None:
    samples = noise(1500, 0.6)
    np.testing.assert_allclose(through(Limiter(RATE), samples, size), through(Limiter(RATE), samples), atol=1e-6)


def test_a_peak_is_turned_down_smoothly_and_the_rest_comes_back() -> None:
    """The gain, seen on a constant, has no step; well after the peak the samples are untouched again."""
    samples = np.full((30_000, 2), 0.5, np.float32)
    samples[10_000, 0] = 4.0
    heard = through(Limiter(RATE), samples)
    assert heard[10_000, 0] == pytest.approx(CEILING, rel=1e-5)
    heard[10_000, 0] = heard[10_000, 1]  # both channels have the same gain
    assert np.abs(np.diff(heard[:, 0])).max() < 0.5 / LOOK_AHEAD
    np.testing.assert_array_equal(heard[: 10_000 - LOOK_AHEAD], samples[: 10_000 - LOOK_AHEAD])
    np.testing.assert_array_equal(heard[20_000:], samples[20_000:])


def test_a_loud_tone_keeps_its_shape() -> None:
    """Held down by 6 dB the third harmonic stays 40 dB below: it is turned down, not cut off."""
    turns = 2 * np.pi * 441 * np.arange(RATE) / RATE
    samples = np.repeat((2 * np.sin(turns)).astype(np.float32)[:, None], 2, axis=1)
    spectrum = np.abs(np.fft.rfft(through(Limiter(RATE), samples)[RATE // 2 :, 0] * np.hanning(RATE // 2)))
    assert 20 * np.log10(spectrum[3 * 441 // 2] / spectrum[441 // 2]) < -40


def test_bypassed_it_only_delays() -> None:
    limiter = Limiter(RATE)
    limiter.active = False
    samples = noise(5000, 2.0)
    np.testing.assert_array_equal(through(limiter, samples), samples)
    assert limiter.limited == 0


def test_it_counts_attenuated_samples() -> None:
    limiter = Limiter(RATE)
    through(limiter, noise(5000, 2.0))
    assert limiter.limited > 0
