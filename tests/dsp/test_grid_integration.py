"""Integration of steps over a grid."""

import numpy as np
import pytest

from distill_app.dsp.grid_integration import integrate_grid

UNKNOWN = np.full((12, 9), np.nan)


def _steps(values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    return np.diff(values, axis=0), np.diff(values, axis=1)


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("levels", [2, 5, 1_000_000])
def test_steps_that_fit_each_other_give_the_values_back(levels: int, seed: int) -> None:
    random = np.random.default_rng(seed)
    values, weights = random.normal(size=(12, 9)), random.integers(levels, size=(12, 9)).astype(np.float32)
    found = integrate_grid(weights, *_steps(values), UNKNOWN)
    np.testing.assert_allclose(found, values - values.flat[weights.argmax()], atol=1e-9)


def test_the_way_from_cell_to_cell_avoids_weak_ones() -> None:
    weights, values = np.ones((12, 9), np.float32), np.arange(108.0).reshape(12, 9)
    weights[5, :-1] = 0.1  # the strong way from the upper to the lower half is the last column
    down, right = _steps(values)
    down[4:6, :-1] += 100
    found = integrate_grid(weights, down, right, UNKNOWN)
    assert np.ptp((found - values)[weights == 1]) == pytest.approx(0)


def test_known_values_stay_and_the_others_follow_them() -> None:
    values, known = np.random.default_rng(1).normal(size=(12, 9)), UNKNOWN.copy()
    known[:3] = values[:3] + np.arange(9)  # other steps than those that are given
    found = integrate_grid(np.random.default_rng(2).random((12, 9), np.float32), *_steps(values), known)
    np.testing.assert_allclose(found[:3], known[:3])
    assert {round(each) for each in (found - values)[3:].flat} <= set(range(9))
