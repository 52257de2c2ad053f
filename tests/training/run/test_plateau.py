"""Plateau detection on synthetic curves."""

import math

import numpy as np
import pytest

from distill_app.training.run.plateau import MIN_POINTS, SETTLED_MIN_POINTS, Point, is_plateau, is_settled


def curve(seconds: float, tau: float, noise_db: float = 0.0, last_db: float = 4.0) -> list[Point]:
    """Validation error that falls from 12 dB towards `last_db`, every five seconds."""
    random = np.random.default_rng(0)
    times = np.arange(5, seconds + 1, 5)
    return [Point(t, last_db + (12 - last_db) * math.exp(-t / tau) + noise_db * abs(random.normal())) for t in times]


@pytest.mark.parametrize("noise_db", [0.0, 0.05, 0.2])
@pytest.mark.parametrize("tau", [30.0, 120.0, 600.0])
def test_a_falling_error_is_no_plateau_and_its_end_is_one(tau: float, noise_db: float) -> None:
    assert not is_plateau(curve(max(100, 2 * tau), tau, noise_db))
    assert is_plateau(curve(15 * tau, tau, noise_db))


def test_what_falls_without_end_as_one_over_the_root_of_time_is_no_plateau() -> None:
    assert not is_plateau([Point(5.0 * n, 10 / math.sqrt(n)) for n in range(1, 400)])


def test_noise_around_a_level_is_a_plateau_and_an_error_that_rises_is_one() -> None:
    assert is_plateau(curve(600, 1.0, noise_db=0.05))
    assert is_plateau([Point(5.0 * n, 5 + n / 100) for n in range(1, 100)])


def test_the_beginning_is_no_plateau() -> None:
    assert not is_plateau([])
    assert not is_plateau([Point(5.0 * n, 5.0) for n in range(1, MIN_POINTS)])


def test_a_training_settles_as_soon_as_a_third_of_its_time_gains_less_than_a_hundredth() -> None:
    flat = [Point(5.0 * n, 5.0 - n / 1000) for n in range(SETTLED_MIN_POINTS)]
    assert is_settled(flat)
    assert not is_settled(flat[:-1])
    assert not is_settled([Point(5.0 * n, 5.0 * 0.98**n) for n in range(40)])
