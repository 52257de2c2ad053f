"""Measurement of sliders by rendered sound."""

import numpy as np
import pytest

from distill_app.dsp.descriptors import DESCRIPTORS
from distill_app.dsp.sound import Sound
from distill_app.models.model import DistillModel
from distill_app.training.axes.analysis import SWEEP_POINTS, spearman, sweep

RATE = 44_100


def test_spearman_on_known_ranks() -> None:
    a = np.array([1.0, 2, 3, 4, 5])
    assert spearman(a, np.exp(a)) == pytest.approx(1)
    assert spearman(a, -(a**3)) == pytest.approx(-1)
    assert spearman(a, np.array([5.0, 5, 5, 5, 5])) == 0
    assert spearman(a, np.array([1.0, 2, 3, 5, 4])) == pytest.approx(0.9)
    assert spearman(a, np.array([1.0, 1, 2, 2, 3])) == pytest.approx(0.9487, abs=1e-4)


def test_a_sweep_measures_what_is_rendered(tiny_model: DistillModel) -> None:
    def softer(_model: DistillModel, sliders: tuple[float, ...]) -> Sound:
        wave = 10 ** (-1 - sliders[1] / 2) * np.sin(2 * np.pi * 440 * np.arange(RATE) / RATE)
        return Sound(wave.astype(np.float32)[None], RATE)

    loudness = [each.id for each in DESCRIPTORS].index("loudness")
    measured = sweep(tiny_model, 1, softer)
    assert len(measured.values) == SWEEP_POINTS
    assert measured.rho(loudness) == pytest.approx(-1)
    assert measured.values[0, loudness] - measured.values[-1, loudness] == pytest.approx(20, abs=0.1)
