"""Fades are at the edges of a sound alone, in whatever blocks it comes."""

import numpy as np
import pytest

from distill_app.generation.sample_blocks import with_edges

RATE = 44_100


@pytest.mark.parametrize("size", [30, 40, 441, 3_000])
def test_only_the_edges_fade(size: int) -> None:
    sound = np.ones((2, 3_000), np.float32)
    blocks = [sound[:, start : start + size] for start in range(0, 3_000, size)]
    found = np.concatenate(list(with_edges(blocks, 3_000, RATE)), 1)
    rise, fall = round(0.001 * RATE), round(0.002 * RATE)
    np.testing.assert_allclose(found[:, :rise], [np.arange(rise) / rise] * 2, atol=1e-6)
    np.testing.assert_allclose(found[:, -fall:], [np.arange(fall)[::-1] / fall] * 2, atol=1e-6)
    np.testing.assert_array_equal(found[:, rise : 3_000 - fall], sound[:, rise : 3_000 - fall])
