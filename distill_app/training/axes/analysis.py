"""Sliders of a trained network: their directions in latent space, ranges and names.

1. The directions are the principal components on which the sounds depend (components.py).
2. A slider spans the 2nd to 98th percentile of the corpus's coordinates on its axis.
3. Each axis is swept over `SWEEP_POINTS` points with the others at 0, rendered to sound and measured. It is named after
   the descriptor it changes most, if their Spearman correlation is at least `RHO_MIN` and the change from −1 to +1 is
   clearly audible; its sign is chosen so that up means more. No name is given twice.
"""

from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from distill_app.common.generators import FractionProgress, drain, map_steps
from distill_app.dsp.descriptors import DESCRIPTORS, Descriptor
from distill_app.dsp.sound import Sound
from distill_app.models.axes import LatentAxes
from distill_app.models.axis import Axis
from distill_app.models.model import DistillModel
from distill_app.training.axes.components import Components

RenderSliders = Callable[[DistillModel, tuple[float, ...]], Sound]
"""Renders a model at slider values: the sound that the musician will hear."""

SWEEP_POINTS = 11
RHO_MIN = 0.9
AUDIBLE_STEPS_MIN = 1.0
"""Least change of a named slider from −1 to +1, in multiples of the descriptor's audible difference."""

_LOW, _MEDIAN, _HIGH = 2.0, 50.0, 98.0

Values = NDArray[np.float64]


def unnamed_axes(latents: Tensor, components: Components) -> LatentAxes:
    """Components as sliders over the range of the corpus, named “Axis 1”, “Axis 2”, …"""
    coordinates = ((latents - components.mean) @ components.directions.T).numpy()
    descriptors = [*components.descriptors, *[""] * (len(components.directions) - len(components.descriptors))]
    axes = [_axis(n, descriptor, coordinates[:, n - 1]) for n, descriptor in enumerate(descriptors, 1)]
    return LatentAxes(tuple(axes), components.mean, components.directions)


def unnamed(number: int) -> str:
    """Name of an axis without a descriptor; they are counted from 1."""
    return f"Axis {number}"


def _axis(number: int, descriptor: str, coordinates: NDArray[np.float32]) -> Axis:
    """One axis, with a minimum range that keeps the mapping invertible where the corpus hardly varies."""
    low, median, high = (float(value) for value in np.percentile(coordinates, [_LOW, _MEDIAN, _HIGH]))
    least = max(1e-3, 0.05 * (high - low))
    return Axis(unnamed(number), descriptor, None, min(low, median - least), median, max(high, median + least))


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
    """Result of `sweep_steps`."""
    return drain(sweep_steps(model, axis, render))


def sweep_steps(model: DistillModel, axis: int, render: RenderSliders) -> FractionProgress[Sweep]:
    """Render and measure axis number `axis` (from 0) at `SWEEP_POINTS` points; yields the fraction done before each."""
    measured = []
    for number, value in enumerate(np.linspace(-1, 1, SWEEP_POINTS)):
        yield number / SWEEP_POINTS
        measured.append(_measure(model, axis, value, render))
    return Sweep(np.array(measured))


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


def assign_names(sweeps: Sequence[Sweep], descriptors: Sequence[str] = (), rho_min: float = RHO_MIN) -> dict[int, int]:
    """Axis number → descriptor number, each at most once, the most audible pairs first.

    Args:
        descriptors: earlier descriptor of each axis, which takes precedence; "" for none.
        rho_min: least Spearman correlation of a slider with the descriptor that names it.
    """
    numbers = range(len(DESCRIPTORS))
    earlier = {
        (axis, d) for axis, descriptor in enumerate(descriptors) for d in numbers if DESCRIPTORS[d].id == descriptor
    }
    pairs = [((axis, d) in earlier, each.steps(d), -d, axis) for axis, each in enumerate(sweeps) for d in numbers]
    named: dict[int, int] = {}
    for _, steps, minus, axis in sorted(pairs, reverse=True):
        fits = steps >= AUDIBLE_STEPS_MIN and abs(sweeps[axis].rho(-minus)) >= rho_min
        if fits and axis not in named and -minus not in named.values():
            named[axis] = -minus
    return named


@dataclass(frozen=True)
class AnalysisProgress:
    """Progress of the analysis.

    Args:
        slider: number of the slider being measured, from 1.
        sliders: number of sliders.
        fraction: 0 … 1 of all of them.
    """

    slider: int
    sliders: int
    fraction: float


def analyse(
    model: DistillModel, render: RenderSliders, sweeps: list[Sweep]
) -> Generator[AnalysisProgress, None, DistillModel]:
    """Model with its axes measured and named; yields before each point and at the end.

    Args:
        sweeps: sweeps of the first axes measured earlier; those of the other axes are appended.
    """
    count = len(model.axes.axes)
    del sweeps[count:]
    for axis in range(len(sweeps), count):
        place = partial(_to_progress, axis, count)
        sweeps.append((yield from map_steps(sweep_steps(model, axis, render), place)))
    yield AnalysisProgress(count, count, 1.0)
    return _with_names(model, sweeps)


def _to_progress(axis: int, count: int, fraction: float) -> AnalysisProgress:
    return AnalysisProgress(axis + 1, count, (axis + fraction) / count)


def _with_names(model: DistillModel, sweeps: Sequence[Sweep]) -> DistillModel:
    named = assign_names(sweeps, [axis.descriptor for axis in model.axes.axes[: len(sweeps)]])
    axes = model.axes
    for number, measured in enumerate(sweeps):
        best = named.get(number, max(range(len(DESCRIPTORS)), key=lambda d: abs(measured.rho(d)) * measured.steps(d)))
        rho = measured.rho(best)
        found = DESCRIPTORS[best] if number in named else None
        axis, sign = _orient(_with_name(axes.axes[number], number + 1, found), rho)
        axes = axes.with_oriented_axis(number, axis, sign)
    return model.with_axes(axes)


def _with_name(axis: Axis, number: int, found: Descriptor | None) -> Axis:
    """Axis named after a descriptor, or numbered where none fits: a name that measuring does not confirm goes."""
    name, descriptor = (unnamed(number), "") if found is None else (found.name, found.id)
    return replace(axis, name=name, descriptor=descriptor)


def _orient(axis: Axis, rho: float) -> tuple[Axis, int]:
    """Axis turned round if `rho` is negative, and the sign of its direction."""
    axis = replace(axis, rho=round(abs(rho), 4))
    return (axis, 1) if rho >= 0 else (axis.reversed(), -1)
