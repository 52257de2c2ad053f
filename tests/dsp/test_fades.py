"""Fades keep what they promise to keep."""

from typing import get_args

import numpy as np
import pytest

from distill_app.dsp.fades import Curve, crossfade, fade_in, fade_out


@pytest.mark.parametrize("curve", get_args(Curve))
def test_begins_at_nothing_ends_at_everything_and_only_rises(curve: Curve) -> None:
    gains = fade_in(1000, curve)
    assert gains[0] == 0
    assert gains[-1] == 1
    assert (np.diff(gains) >= 0).all()
    np.testing.assert_array_equal(fade_out(1000, curve), gains[::-1])


def test_equal_power_keeps_the_sum_of_squares() -> None:
    np.testing.assert_allclose(fade_in(777, "equal-power") ** 2 + fade_out(777, "equal-power") ** 2, 1, atol=1e-6)


@pytest.mark.parametrize("curve", ["linear", "smooth"])
def test_linear_and_smooth_keep_the_sum(curve: Curve) -> None:
    np.testing.assert_allclose(fade_in(777, curve) + fade_out(777, curve), 1, atol=1e-6)


def test_smooth_leaves_and_arrives_without_a_corner() -> None:
    slope = np.diff(fade_in(1000, "smooth"))
    assert max(slope[0], slope[-1]) < 0.01 * slope.max()


def test_crossfade_of_two_noises_keeps_the_level() -> None:
    random = np.random.default_rng(0)
    old, new = random.normal(size=(2, 400, 500)).astype(np.float32)
    level = np.sqrt(np.mean(crossfade(old, new) ** 2, axis=0))
    np.testing.assert_allclose(level, 1.0, atol=0.15)
    assert abs(level.mean() - 1) < 0.01


def test_crossfade_refuses_unequal_lengths() -> None:
    with pytest.raises(ValueError, match="same length"):
        crossfade(np.zeros(3, np.float32), np.zeros(4, np.float32))
