"""The peak ceiling turns sections of a sound down as a whole and keeps their attacks."""

import numpy as np
import pytest

from distill_app.dsp.sound import Samples
from distill_app.generation.peak_ceiling import limit_sections

SECTION = 1_000
NOISE = np.random.default_rng(0).uniform(-1, 1, 7_300).astype(np.float32)


def held(samples: Samples, ceiling: float, neighbours: int = 0, size: int = 333) -> Samples:
    return np.concatenate(
        list(limit_sections(np.split(samples, range(size, len(samples), size)), ceiling, SECTION, neighbours))
    )


def hits(*peaks: float) -> Samples:
    """Sections with one hit each, in the middle."""
    samples = np.zeros((len(peaks), SECTION), np.float32)
    samples[:, SECTION // 2 : SECTION // 2 + 3] = np.outer(peaks, [1, -0.5, 0.25])
    return samples.ravel()


def test_a_sound_below_the_ceiling_is_unchanged() -> None:
    np.testing.assert_array_equal(held(NOISE, 1.0), NOISE)
    assert list(limit_sections([], 1.0, SECTION)) == []


@pytest.mark.parametrize("neighbours", [0, 2])
@pytest.mark.parametrize("size", [1, 333, 1_000, 5_000])
def test_no_sample_is_above_the_ceiling_and_none_is_lost(neighbours: int, size: int) -> None:
    samples = NOISE * np.repeat([1, 5, 0.2, 3, 0.1, 0.1, 2, 0.5], SECTION)[: len(NOISE)].astype(np.float32)
    found = held(samples, 0.5, neighbours, size)
    assert len(found) == len(samples)
    assert np.abs(found).max() <= 0.5 + 1e-6
    np.testing.assert_array_equal(found, held(samples, 0.5, neighbours))


def test_a_hit_and_the_silence_around_it_keep_their_shape() -> None:
    found = held(hits(0.2, 1.0, 0.2), 0.5).reshape(3, SECTION)
    np.testing.assert_allclose(found[1], hits(0.5), atol=1e-6)
    ratio = found[0, SECTION // 2 + 1] / found[0, SECTION // 2]
    assert ratio == pytest.approx(-0.5, abs=0.001)


def test_neighbouring_sections_share_the_lowest_gain() -> None:
    found = held(hits(0.9, 1.0, 0.8, 0.9), 0.5, neighbours=3).reshape(4, SECTION)[:, SECTION // 2]
    np.testing.assert_allclose(found, [0.45, 0.5, 0.4, 0.45], atol=1e-6)


def test_both_channels_get_the_gain_of_the_louder_one() -> None:
    loud = hits(0.2, 1.0, 0.3, 0.7)
    blocks = np.split(np.stack([0.1 * loud, loud]), range(333, len(loud), 333), axis=1)
    soft, limited = np.concatenate(list(limit_sections(blocks, 0.5, SECTION)), 1)
    np.testing.assert_array_equal(limited, held(loud, 0.5))
    np.testing.assert_allclose(soft, 0.1 * limited, atol=1e-7)
