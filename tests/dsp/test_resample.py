"""Resampling keeps what can be heard, leaves no alias, and does in blocks what it does at once."""

import math

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from distill_app.dsp.resample import resample
from distill_app.dsp.streaming_resampler import StreamingResampler


def _sine(hertz: float, rate: int, seconds: float = 1.0) -> NDArray[np.float64]:
    return np.sin(2 * np.pi * hertz * np.arange(round(rate * seconds)) / rate)


def _resampled(samples: NDArray[np.float64], old: int, new: int) -> NDArray[np.float64]:
    return resample(torch.from_numpy(samples.astype(np.float32)), old, new).double().numpy()


def _middle(samples: NDArray[np.float64]) -> NDArray[np.float64]:
    """Without the ends, where the filter sees silence."""
    return samples[len(samples) // 4 : -len(samples) // 4]


def _decibels(samples: NDArray[np.float64]) -> float:
    return float(20 * np.log10(np.sqrt(2 * np.mean(_middle(samples) ** 2))))


@pytest.mark.parametrize("new", [48_000, 96_000])
@pytest.mark.parametrize("hertz", [20, 997, 5_000, 10_000, 15_000, 19_000, 20_000])
def test_the_pass_band_is_flat_to_20_khz(hertz: int, new: int) -> None:
    assert _decibels(_resampled(_sine(hertz, 44_100), 44_100, new)) == pytest.approx(0.0, abs=0.1)


@pytest.mark.parametrize("hertz", [24_200, 26_000, 30_000, 40_000])
def test_what_cannot_be_kept_leaves_no_alias(hertz: int) -> None:
    assert _decibels(_resampled(_sine(hertz, 96_000), 96_000, 44_100)) < -110


@pytest.mark.parametrize("hertz", [997, 10_000, 15_000])
def test_there_are_no_images(hertz: int) -> None:
    """Beside the tone, nothing is left."""
    result = _middle(_resampled(_sine(hertz, 44_100, 2.0), 44_100, 48_000))
    times = np.arange(len(result))
    turns = 2 * np.pi * hertz / 48_000 * times
    basis = np.stack([np.sin(turns), np.cos(turns)], axis=1)
    rest = result - basis @ np.linalg.lstsq(basis, result, rcond=None)[0]
    assert 20 * np.log10(np.sqrt(2 * np.mean(rest**2))) < -105


def test_there_and_back_again() -> None:
    tones = sum(_sine(hertz, 44_100) for hertz in (50, 440, 3_000, 12_000, 18_000))
    assert isinstance(tones, np.ndarray)
    back = _resampled(_resampled(tones / 5, 44_100, 48_000), 48_000, 44_100)
    noise = _middle(back[: len(tones)]) - _middle(tones / 5)
    assert 10 * np.log10(np.mean(_middle(tones / 5) ** 2) / np.mean(noise**2)) > 100


def _streamed(samples: NDArray[np.float32], old: int, new: int, sizes: list[int]) -> NDArray[np.float32]:
    resampler = StreamingResampler(old, new, channels=len(samples))
    blocks: list[NDArray[np.float32]] = []
    start = 0
    while start < samples.shape[1]:
        size = sizes[len(blocks) % len(sizes)]
        blocks.append(resampler.push(samples[:, start : start + size]))
        start += size
    return np.concatenate([*blocks, resampler.flush()], axis=1)


@settings(deadline=None, max_examples=40)
@given(
    rates=st.sampled_from([(44_100, 48_000), (44_100, 96_000), (48_000, 44_100), (44_100, 8_000), (22_050, 44_100)]),
    sizes=st.lists(st.integers(1, 3000), min_size=1, max_size=4),
    length=st.integers(1, 5000),
)
def test_blocks_joined_are_the_whole(rates: tuple[int, int], sizes: list[int], length: int) -> None:
    samples = np.random.default_rng(length).uniform(-1, 1, (2, length)).astype(np.float32)
    whole = resample(torch.from_numpy(samples), *rates).numpy()
    joined = _streamed(samples, *rates, sizes)
    assert joined.shape == whole.shape == (2, math.ceil(length * rates[1] / rates[0]))
    np.testing.assert_allclose(joined, whole, atol=1e-6)


def test_equal_rates_change_nothing() -> None:
    samples = np.random.default_rng(0).uniform(-1, 1, (1, 1000)).astype(np.float32)
    np.testing.assert_array_equal(_streamed(samples, 44_100, 44_100, [300]), samples)


def test_the_buffer_does_not_grow() -> None:
    resampler = StreamingResampler(44_100, 48_000, channels=1)
    block = np.zeros((1, 1000), np.float32)
    for _ in range(2000):
        given_out = resampler.push(block).shape[1]
        assert given_out < 1300
    assert resampler.flush().shape[1] < 600
