"""The high-pass removes offset and drift from recordings, and nothing audible."""

import math

import numpy as np
import pytest

from distill_app.dsp.high_pass import CUTOFF_HZ, HighPass
from distill_app.dsp.sound import Samples

RATE = 44_100


def tone(hz: float, seconds: float = 4.0, rate: int = RATE) -> Samples:
    return (0.3 * np.sin(2 * np.pi * hz * np.arange(round(seconds * rate)) / rate)).astype(np.float32)


def filtered(samples: Samples, rate: int = RATE) -> Samples:
    return HighPass(rate).push(samples[None])[0]


def decibels(ratio: float) -> float:
    return 20 * math.log10(ratio)


@pytest.mark.parametrize("rate", [8_000, 44_100, 192_000])
@pytest.mark.parametrize("hz", [1.0, CUTOFF_HZ, 20.0, 41.0, 1_000.0])
def test_its_gain_is_that_of_a_first_order_high_pass(hz: float, rate: int) -> None:
    wave, period = tone(hz, rate=rate), round(rate / hz)
    gain = np.std(filtered(wave, rate)[-period:]) / np.std(wave[-period:])
    assert decibels(float(gain)) == pytest.approx(decibels(hz / math.hypot(hz, CUTOFF_HZ)), abs=0.03)


def silence_then_sound() -> Samples:
    return np.concatenate([np.zeros(RATE, np.float32), tone(220, 1.0)])


SOUNDS = {
    "after silence": silence_then_sound(),
    "at once": np.cos(np.arange(RATE) * 0.03).astype(np.float32),
    "a hit of 10 ms": np.exp(-np.arange(441) / 60).astype(np.float32) * tone(700, 0.01),
    "one sample": np.full(1, 0.5, np.float32),
}


@pytest.mark.parametrize("sound", SOUNDS.values(), ids=SOUNDS.keys())
@pytest.mark.parametrize("offset", [0.0005, 0.02, -0.2])
def test_with_an_offset_it_gives_what_it_gives_without(sound: Samples, offset: float) -> None:
    assert np.abs(filtered(sound + np.float32(offset)) - filtered(sound)).max() < 1e-6


def test_an_offset_alone_is_silence() -> None:
    assert np.abs(filtered(np.full(3 * RATE, 0.2, np.float32))).max() < 1e-7


def test_silence_before_a_sound_stays_silence() -> None:
    assert not filtered(silence_then_sound())[:RATE].any()


def test_a_sound_that_begins_at_once_keeps_its_attack() -> None:
    wave = (np.exp(-np.arange(RATE // 10) / 2_000) * np.cos(np.arange(RATE // 10) * 0.05)).astype(np.float32)
    made = filtered(wave + np.float32(0.2))
    assert np.abs(made).max() == pytest.approx(np.abs(wave).max(), rel=0.03)
    assert np.abs(made).argmax() == np.abs(wave).argmax()


def test_an_offset_that_comes_in_the_middle_is_gone_after_a_fifth_of_a_second() -> None:
    wave = np.repeat(np.array([0, 0.2], np.float32), RATE)
    assert np.abs(filtered(wave)[RATE + RATE // 5 :]).max() < 0.2 * 10 ** (-50 / 20)


@pytest.mark.parametrize("size", [12_000, 44_100, 60_000])
def test_it_does_not_depend_on_the_blocks(size: int) -> None:
    samples = np.random.default_rng(0).normal(0.1, 0.1, (2, 3 * RATE)).astype(np.float32)
    whole, high_pass = HighPass(RATE).push(samples), HighPass(RATE)
    parts = [high_pass.push(samples[:, start : start + size]) for start in range(0, 3 * RATE, size)]
    assert np.abs(np.concatenate(parts, axis=1) - whole).max() < 1e-6
