"""Kernel audio distance of embeddings whose distribution is known."""

import math

import numpy as np
import pytest

from tools.bench_sound.kad import Embeddings, kernel_audio_distance


def _cloud(seed: int, count: int, centre: float = 0.0) -> Embeddings:
    return centre + np.random.default_rng(seed).standard_normal((count, 20))


def test_one_distribution_has_no_distance() -> None:
    assert kernel_audio_distance(_cloud(1, 200), _cloud(2, 60)) == pytest.approx(0, abs=1)


def test_a_shifted_distribution_is_farther_the_more_it_is_shifted() -> None:
    near, far = (kernel_audio_distance(_cloud(1, 200), _cloud(2, 60, centre)) for centre in (0.5, 2.0))
    assert 3 < near < far / 2


def test_one_sound_repeated_is_far_from_a_varied_reference() -> None:
    assert kernel_audio_distance(_cloud(1, 200), np.repeat(_cloud(2, 1), 30, 0)) > 20


def test_value_of_two_pairs_of_points() -> None:
    reference, other = np.array([[0.0], [1.0]]), np.array([[2.0], [2.0]])
    # the bandwidth is 1, so the kernel is exp(-d² / 2)
    wanted = math.exp(-0.5) + 1 - (math.exp(-2) + math.exp(-0.5))
    assert kernel_audio_distance(reference, other) == pytest.approx(100 * wanted, abs=1e-6)


def test_a_single_sound_has_no_distance() -> None:
    assert math.isnan(kernel_audio_distance(_cloud(1, 200), _cloud(2, 1)))
