"""Whole numbers from floats: exact where they can be, and where not, the error is noise."""

import numpy as np
import pytest
from numpy.typing import NDArray

from distill_app.dsp.dither import TpdfDither, full_scale, to_pcm

_RATE = 44_100
_STEP = 1 / full_scale(16)


def test_every_16_bit_number_survives() -> None:
    numbers = np.arange(-32768, 32768, dtype=np.int32)
    np.testing.assert_array_equal(to_pcm((numbers / 32768).astype(np.float32), 16), numbers)


def test_24_bit_numbers_survive() -> None:
    numbers = np.random.default_rng(0).integers(-(2**23), 2**23, 100_000, dtype=np.int32)
    np.testing.assert_array_equal(to_pcm((numbers / 2**23).astype(np.float32), 24), numbers)


def test_halves_go_to_the_even_neighbour() -> None:
    np.testing.assert_array_equal(to_pcm(np.array([0.5, 1.5, 2.5, -0.5, -1.5]) * _STEP, 16), [0, 2, 2, 0, -2])


@pytest.mark.parametrize(("bits", "most"), [(16, 32767), (24, 2**23 - 1)])
def test_samples_over_full_scale_are_clipped(bits: int, most: int) -> None:
    np.testing.assert_array_equal(to_pcm(np.array([1.0, 1.5, -1.0, -7.0]), bits), [most, most, -most - 1, -most - 1])


def _error(dithered: bool, amplitude: float = 10 ** (-90 / 20)) -> NDArray[np.float64]:
    """In steps of 16 bits, of ten seconds of a quiet sine on a bin of one second."""
    sine = amplitude * np.sin(2 * np.pi * 1000 * np.arange(10 * _RATE) / _RATE)
    played = TpdfDither(1)(sine.astype(np.float32), 16) if dithered else sine
    return to_pcm(played, 16) - sine / _STEP


def test_dithered_error_has_mean_zero_and_a_quarter_step_squared() -> None:
    error = _error(dithered=True)
    assert abs(error.mean()) < 0.005
    assert error.var() == pytest.approx(0.25, rel=0.02)


def _harmonics_over_floor(error: NDArray[np.float64]) -> float:
    """dB, of the strongest harmonic of 1 kHz over the median bin; power over ten windows of a second."""
    power = np.mean(np.abs(np.fft.rfft(error.reshape(10, _RATE))) ** 2, axis=0)
    return float(10 * np.log10(power[2000:22_000:1000].max() / np.median(power)))


def test_dither_leaves_no_harmonics_where_rounding_alone_does() -> None:
    assert _harmonics_over_floor(_error(dithered=True)) < 10
    assert _harmonics_over_floor(_error(dithered=False)) > 30


def test_dithered_error_is_white() -> None:
    power = np.mean(np.abs(np.fft.rfft(_error(dithered=True).reshape(-1, 441))) ** 2, axis=0)[1:-1]
    octaves = [10 * np.log10(part.mean()) for part in np.array_split(power, 8)]
    assert max(octaves) - min(octaves) < 0.5


def test_the_same_seed_is_the_same_noise() -> None:
    silence = np.zeros(100, np.float32)
    np.testing.assert_array_equal(TpdfDither(3)(silence, 16), TpdfDither(3)(silence, 16))
    assert (TpdfDither(3)(silence, 16) != TpdfDither(4)(silence, 16)).any()
