"""The gain changes without a click."""

import numpy as np
import pytest

from distill_app.dsp.smooth_gain import SmoothGain

RATE = 44_100
ONES = np.ones((256, 2), np.float32)


def test_at_unity_the_samples_are_those_that_came_in() -> None:
    block = np.random.default_rng(1).standard_normal((256, 2)).astype(np.float32)
    assert SmoothGain(RATE).process(block) is block


@pytest.mark.parametrize("target", [0.0, 0.1, 0.9])
def test_it_gets_there_within_20_ms_and_without_a_step(target: float) -> None:
    gain = SmoothGain(RATE)
    gain.process(ONES)
    gain.target = target
    out = np.concatenate([gain.process(ONES) for _ in range(6)])
    heard = np.concatenate([[1.0], out[:, 0]])
    assert np.abs(np.diff(heard)).max() <= 1.01 / (0.02 * RATE)
    assert np.all(out[round(0.02 * RATE) + 1 :] == np.float32(target))
    assert np.all(out[:, 0] == out[:, 1])


def test_a_mute_that_ends_half_way_comes_back_from_there() -> None:
    gain = SmoothGain(RATE)
    gain.target = 0.0
    down = gain.process(ONES)
    gain.target = 1.0
    up = np.concatenate([gain.process(ONES) for _ in range(3)])
    assert abs(up[0, 0] - down[-1, 0]) <= 1.01 / (0.02 * RATE)
    assert np.all(up[-1] == 1.0)
