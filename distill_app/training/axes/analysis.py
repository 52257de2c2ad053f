"""From a trained network to an instrument: which directions of its latent space are sliders, and what they are called.

1. The principal components on which the sounds depend (components.py).
2. A slider runs over the 2nd to 98th percentile of the corpus's coordinates on its axis.
3. Each axis is swept at `SWEEP_POINTS` points, the others resting at 0, rendered to sound and measured. It takes the
   name of the descriptor that it moves most, if their Spearman correlation is at least `RHO_MIN` and the way from −1
   to +1 is clearly audible, and its sign is turned so that up means more; no name is given twice.
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

SliderAudio = Callable[[DistillModel, tuple[float, ...]], Sound]
"""Renders a model with the sliders at these values: the sound that the musician will hear."""

SWEEP_POINTS = 11
RHO_MIN = 0.9
AUDIBLE_STEPS_MIN = 1.0
"""Way of a named slider from −1 to +1, in multiples of the descriptor's audible difference."""

_LOW, _MEDIAN, _HIGH = 2.0, 50.0, 98.0

Values = NDArray[np.float64]


def unnamed_axes(latents: Tensor, components: Components) -> LatentAxes:
    """The components as sliders over the corpus's range, called “Axis 1”, “Axis 2”, …"""
    coordinates = ((latents - components.mean) @ components.directions.T).numpy()
    meanings = [*components.meanings, *[""] * (len(components.directions) - len(components.meanings))]
    axes = [_axis(n, meaning, coordinates[:, n - 1]) for n, meaning in enumerate(meanings, 1)]
    return LatentAxes(tuple(axes), components.mean, components.directions)


def _axis(number: int, meaning: str, coordinates: NDArray[np.float32]) -> Axis:
    """Where the corpus hardly moves, the range is kept from closing, so that the slider stays a map."""
    low, median, high = (float(value) for value in np.percentile(coordinates, [_LOW, _MEDIAN, _HIGH]))
    least = max(1e-3, 0.05 * (high - low))
    return Axis(f"Axis {number}", meaning, 0.0, min(low, median - least), median, max(high, median + least))


@dataclass(frozen=True, eq=False)
class Sweep:
    """What the descriptors measured along one axis: `values` `[SWEEP_POINTS, descriptors]` from slider −1 to +1."""

    values: Values

    def rho(self, index: int) -> float:
        return spearman(np.arange(len(self.values)), self.values[:, index])

    def steps(self, index: int) -> float:
        """Way from one end to the other, in multiples of what is audible."""
        return DESCRIPTORS[index].difference(float(self.values[0, index]), float(self.values[-1, index]))


def sweep(model: DistillModel, axis: int, audition: SliderAudio) -> Sweep:
    """Result of `sweep_steps`."""
    return drain(sweep_steps(model, axis, audition))


def sweep_steps(model: DistillModel, axis: int, audition: SliderAudio) -> FractionProgress[Sweep]:
    """Renders and measures axis number `axis` (from 0) at `SWEEP_POINTS` points; yields the fraction before each."""
    measured = []
    for number, value in enumerate(np.linspace(-1, 1, SWEEP_POINTS)):
        yield number / SWEEP_POINTS
        measured.append(_measured(model, axis, value, audition))
    return Sweep(np.array(measured))


def _measured(model: DistillModel, axis: int, value: float, audition: SliderAudio) -> list[float]:
    sound = audition(model, (*[0.0] * axis, float(value)))
    return [each.measure(sound.mono(), sound.sample_rate) for each in DESCRIPTORS]


def spearman(a: NDArray[np.generic], b: NDArray[np.generic]) -> float:
    """Rank correlation, ties sharing their mean rank; 0 where one of them does not change."""
    ranks_a, ranks_b = _ranks(a), _ranks(b)
    if ranks_a.std() == 0 or ranks_b.std() == 0:
        return 0.0
    return float(np.corrcoef(ranks_a, ranks_b)[0, 1])


def _ranks(values: NDArray[np.generic]) -> Values:
    _, inverse, counts = np.unique(values, return_inverse=True, return_counts=True)
    ends = np.cumsum(counts)
    return ((ends - counts + ends - 1) / 2)[inverse]


def assign_names(sweeps: Sequence[Sweep], meanings: Sequence[str] = ()) -> dict[int, int]:
    """Axis number → descriptor number, each at most once, the most audible pairs first.

    Args:
        meanings: descriptor of each axis in an earlier model, which goes before any other; "" for none.
    """
    numbers = range(len(DESCRIPTORS))
    earlier = {(axis, d) for axis, meaning in enumerate(meanings) for d in numbers if DESCRIPTORS[d].id == meaning}
    pairs = [((axis, d) in earlier, each.steps(d), -d, axis) for axis, each in enumerate(sweeps) for d in numbers]
    named: dict[int, int] = {}
    for _, steps, minus, axis in sorted(pairs, reverse=True):
        fits = steps >= AUDIBLE_STEPS_MIN and abs(sweeps[axis].rho(-minus)) >= RHO_MIN
        if fits and axis not in named and -minus not in named.values():
            named[axis] = -minus
    return named


@dataclass(frozen=True)
class Measuring:
    """Place of the analysis.

    Args:
        slider: the one that is measured, from 1.
        sliders: how many there are.
        fraction: 0 … 1 of all of them.
    """

    slider: int
    sliders: int
    fraction: float


def analyse(
    model: DistillModel, audition: SliderAudio, sweeps: list[Sweep]
) -> Generator[Measuring, None, DistillModel]:
    """The model with its axes measured and named; yields before each of their points and at the end.

    Args:
        sweeps: what has been measured of the first axes before; each of the others is added to it.
    """
    count = len(model.axes.axes)
    del sweeps[count:]
    for axis in range(len(sweeps), count):
        place = partial(_place, axis, count)
        sweeps.append((yield from map_steps(sweep_steps(model, axis, audition), place)))
    yield Measuring(count, count, 1.0)
    return _with_names(model, sweeps)


def _place(axis: int, count: int, fraction: float) -> Measuring:
    return Measuring(axis + 1, count, (axis + fraction) / count)


def _with_names(model: DistillModel, sweeps: Sequence[Sweep]) -> DistillModel:
    named = assign_names(sweeps, [axis.descriptor for axis in model.axes.axes[: len(sweeps)]])
    axes = model.axes
    for number, measured in enumerate(sweeps):
        best = named.get(number, max(range(len(DESCRIPTORS)), key=lambda d: abs(measured.rho(d)) * measured.steps(d)))
        rho = measured.rho(best)
        axis, sign = _turned(axes.axes[number], rho)
        axes = axes.with_oriented_axis(number, _named(axis, DESCRIPTORS[best] if number in named else None, rho), sign)
    return model.with_axes(axes)


def _named(axis: Axis, found: Descriptor | None, rho: float) -> Axis:
    if found is None:
        return replace(axis, descriptor="")
    return replace(axis, name=found.name, descriptor=found.id, rho=round(abs(rho), 4))


def _turned(axis: Axis, rho: float) -> tuple[Axis, int]:
    """The axis upside down where `rho` is negative, and the sign of its direction."""
    if rho >= 0:
        return replace(axis, rho=round(rho, 4)), 1
    return replace(axis, rho=round(-rho, 4), low=-axis.high, median=-axis.median, high=-axis.low), -1
