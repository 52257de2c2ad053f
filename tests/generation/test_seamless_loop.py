"""The end of a loop continues in its beginning: no step, no dip, no change of pitch."""

import numpy as np
import pytest

from distill_app.dsp.sound import Samples
from distill_app.generation.seamless_loop import FADE_SECONDS, extra_samples, seamless_loop

RATE = 44_100
LENGTH = 40_000


def rendered(samples: np.ndarray) -> Samples:
    return samples[: LENGTH + extra_samples(RATE)].astype(np.float32)


def tone(hz: float) -> Samples:
    return rendered(0.5 * np.sin(2 * np.pi * hz * np.arange(2 * RATE) / RATE))


@pytest.mark.parametrize("hz", [61.7, 220.3, 1_003.1])
def test_a_tone_goes_on_without_a_step_or_a_dip(hz: float) -> None:
    loop = seamless_loop(tone(hz), LENGTH, RATE)
    twice = np.concatenate([loop, loop])
    assert np.abs(np.diff(twice)).max() < 0.5 * 2 * np.pi * hz / RATE * 1.05
    block = round(RATE / hz)
    seam = twice[LENGTH - 4 * block : LENGTH + round(FADE_SECONDS * RATE) + 4 * block]
    peaks = [np.abs(part).max() for part in np.array_split(seam, len(seam) // block)]
    assert min(peaks) > 0.45, "the phases fit"


def test_a_tone_cut_without_a_crossfade_has_a_step() -> None:
    cut = tone(220.3)[:LENGTH]
    assert np.abs(np.diff(np.concatenate([cut, cut]))).max() > 0.5 * 2 * np.pi * 220.3 / RATE * 1.05


def test_noise_keeps_its_level() -> None:
    loop = seamless_loop(rendered(np.random.default_rng(0).standard_normal(2 * RATE)), LENGTH, RATE)
    seam = loop[: round(FADE_SECONDS * RATE)]
    assert abs(20 * np.log10(seam.std() / loop.std())) < 0.5


def test_the_end_is_followed_by_what_was_rendered_next() -> None:
    samples = tone(220.3)
    loop = seamless_loop(samples, LENGTH, RATE)
    begin = int(np.flatnonzero(np.isclose(samples, loop[-1], atol=1e-7) & (np.arange(len(samples)) >= LENGTH - 1))[0])
    np.testing.assert_allclose(loop[0], samples[begin + 1], atol=1e-3)


@pytest.mark.parametrize("length", [441, 4_410])
def test_a_short_loop_has_a_shorter_crossfade(length: int) -> None:
    samples = tone(1_003.1)[: length + extra_samples(RATE)]
    assert seamless_loop(samples, length, RATE).shape == (length,)


def test_the_channels_of_a_loop_begin_together() -> None:
    samples = tone(220.3)
    loop = seamless_loop(np.stack([0.3 * samples, -samples]), LENGTH, RATE)
    assert loop.shape == (2, LENGTH)
    np.testing.assert_allclose(loop, np.outer([0.3, -1], seamless_loop(samples, LENGTH, RATE)), atol=1e-6)


def test_it_begins_where_both_ends_are_most_alike() -> None:
    length, at = 2 * RATE, 700
    samples = np.random.default_rng(0).standard_normal((2, length + extra_samples(RATE))).astype(np.float32)
    samples[:, :at] *= 3.0
    faded = round(FADE_SECONDS * RATE)
    samples[:, length + at : length + at + faded] = samples[:, at : at + faded]
    loop = seamless_loop(samples, length, RATE)
    np.testing.assert_allclose(loop[:, at : at + faded], samples[:, at : at + faded], atol=1e-5)
    np.testing.assert_array_equal(loop[:, :at], samples[:, length : length + at])
