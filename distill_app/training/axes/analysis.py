"""Measurement of sliders on rendered sound, for benches: a sweep of one slider, the others at 0."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from distill_app.dsp.descriptors import DESCRIPTORS
from distill_app.dsp.sound import Sound
from distill_app.models.model import DistillModel

RenderSliders = Callable[[DistillModel, tuple[float, ...]], Sound]
"""Renders a model at slider values: the sound that the musician will hear."""

SWEEP_POINTS = 11
Values = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Sweep:
    """Descriptors measured along one axis: `values` `[SWEEP_POINTS, descriptors]` from slider −1 to +1."""

    values: Values

    def rho(self, index: int) -> float:
        return spearman(np.arange(len(self.values)), self.values[:, index])

    def steps(self, index: int) -> float:
        """Change of a descriptor between the ends, in multiples of its audible difference."""
        return DESCRIPTORS[index].difference(float(self.values[0, index]), float(self.values[-1, index]))


def sweep(model: DistillModel, axis: int, render: RenderSliders) -> Sweep:
    """Axis number `axis` (from 0), rendered and measured at `SWEEP_POINTS` points."""
    return Sweep(np.array([_measure(model, axis, value, render) for value in np.linspace(-1, 1, SWEEP_POINTS)]))


def _measure(model: DistillModel, axis: int, value: float, render: RenderSliders) -> list[float]:
    sound = render(model, (*[0.0] * axis, float(value)))
    return [each.measure(sound.mono(), sound.sample_rate) for each in DESCRIPTORS]


def spearman(a: NDArray[np.generic], b: NDArray[np.generic]) -> float:
    """Rank correlation, with mean ranks for ties; 0 if one of the series is constant."""
    ranks_a, ranks_b = _ranks(a), _ranks(b)
    if ranks_a.std() == 0 or ranks_b.std() == 0:
        return 0.0
    return float(np.corrcoef(ranks_a, ranks_b)[0, 1])


def _ranks(values: NDArray[np.generic]) -> Values:
    _, inverse, counts = np.unique(values, return_inverse=True, return_counts=True)
    ends = np.cumsum(counts)
    return ((ends - counts + ends - 1) / 2)[inverse]
