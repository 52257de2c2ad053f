"""The mono signal of a running stereo sound is its sum, and never silence where the channels are opposed."""

import numpy as np
import pytest

from distill_app.dsp.running_mono import RunningMono
from distill_app.dsp.sound import Samples

TONE = (0.5 * np.sin(np.arange(44_100) / 20)).astype(np.float32)
NOISE = (0.1 * np.random.default_rng(0).standard_normal((2, 44_100))).astype(np.float32)


def mono(left: Samples, right: Samples) -> Samples:
    running = RunningMono()
    return np.concatenate(
        [running.push(block) for block in np.split(np.stack([left, right], 1), range(256, len(left), 256))]
    )


@pytest.mark.parametrize("right", [TONE, 0 * TONE, NOISE[0]])
def test_it_is_half_the_sum(right: Samples) -> None:
    np.testing.assert_array_equal(mono(TONE, right), 0.5 * (TONE + right))


def test_channels_that_cancel_are_heard_at_their_level() -> None:
    found = mono(TONE + NOISE[0], NOISE[1] - TONE)
    assert np.corrcoef(found, TONE)[0, 1] > 0.97
    assert found[2_000:].std() == pytest.approx(TONE.std(), rel=0.1)


def test_it_changes_between_the_two_without_a_step() -> None:
    swapping = np.concatenate([TONE, -TONE, TONE])
    found = mono(np.tile(TONE, 3), swapping).reshape(3, -1)
    assert found[:, 30_000:].std(1) == pytest.approx(TONE.std(), rel=0.02)
    assert np.abs(np.diff(found)).max() < 0.03
