"""From a trained network to an instrument: which directions of its latent space are sliders, and what they are called.

1. PCA of the posterior means of the corpus's own windows, and of nothing else.
2. Parallel analysis (Horn 1965) by permutation: a component counts while its variance exceeds the 95th percentile of
   what components of the same rank have after each latent dimension was shuffled by itself. Windows that overlap are
   not independent, so every window is shuffled together with its neighbours. The first component is offered in any
   case: an instrument has at least one slider.
3. A slider runs over the 2nd to 98th percentile of the corpus's coordinates on its axis.
4. Each axis is swept at `SWEEP_POINTS` points, the others resting at 0, rendered to sound and measured. It takes the
   name of the descriptor that it moves most, if their Spearman correlation is at least `RHO_MIN` and the way from −1
   to +1 is clearly audible, and its sign is turned so that up means more; no name is given twice.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from distill_app.dsp.descriptors import DESCRIPTORS, Descriptor
from distill_app.dsp.sound import Sound
from distill_app.models.axes import LatentAxes
from distill_app.models.axis import Axis
from distill_app.models.model import DistillModel

Audition = Callable[[DistillModel, tuple[float, ...]], Sound]
"""Renders a model with the sliders at these values: the sound that the musician will hear."""

AXES_MAX = 8
SWEEP_POINTS = 11
RHO_MIN = 0.9
AUDIBLE_STEPS_MIN = 1.0
"""Way of a named slider from −1 to +1, in multiples of the descriptor's audible difference."""

_PERMUTATIONS = 50
_PERCENTILE = 95
_LOW, _MEDIAN, _HIGH = 2.0, 50.0, 98.0

Values = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Components:
    """Principal components: `mean` `[latent]`, orthonormal `directions` `[n, latent]`, strongest first, and the share
    of the variance that each holds `[n]`."""

    mean: Tensor
    directions: Tensor
    shares: Tensor


def principal_components(latents: Tensor, block: int = 1, seed: int = 0) -> Components:
    """The components of latents `[n, latent]` that permutation leaves standing: 1 … AXES_MAX of them.

    Args:
        block: neighbouring rows that are shuffled together, because they overlap in time.
    """
    mean = latents.mean(0)
    centred = (latents - mean).double()
    _, singular, directions = torch.linalg.svd(centred, full_matrices=False)
    count = _significant(centred.numpy(), singular.numpy(), block, np.random.default_rng(seed))
    shares = singular.square() / singular.square().sum().clamp_min(1e-12)
    return Components(mean, directions[:count].float(), shares[:count].float())


def _significant(centred: Values, singular: Values, block: int, random: np.random.Generator) -> int:
    shuffled = [np.linalg.svd(_shuffled(centred, block, random), compute_uv=False) for _ in range(_PERMUTATIONS)]
    beyond = singular > np.percentile(shuffled, _PERCENTILE, axis=0) * (1 + 1e-9)
    leading = int(np.argmin(beyond)) if not beyond.all() else len(beyond)
    return int(np.clip(leading, 1, min(AXES_MAX, len(singular))))


def _shuffled(values: Values, block: int, random: np.random.Generator) -> Values:
    """Each column by itself in another order, blocks of rows staying together."""
    blocks = np.array_split(np.arange(len(values)), max(2, len(values) // block))
    orders = [np.concatenate([blocks[i] for i in random.permutation(len(blocks))]) for _ in range(values.shape[1])]
    return np.stack([values[order, column] for column, order in enumerate(orders)], axis=1)


def unnamed_axes(latents: Tensor, components: Components) -> LatentAxes:
    """The components as sliders over the corpus's range, called “Axis 1”, “Axis 2”, …"""
    coordinates = ((latents - components.mean) @ components.directions.T).numpy()
    axes = [_axis(number, coordinates[:, number - 1]) for number in range(1, len(components.directions) + 1)]
    return LatentAxes(tuple(axes), components.mean, components.directions)


def _axis(number: int, coordinates: NDArray[np.float32]) -> Axis:
    """Where the corpus hardly moves, the range is kept from closing, so that the slider stays a map."""
    low, median, high = (float(value) for value in np.percentile(coordinates, [_LOW, _MEDIAN, _HIGH]))
    least = max(1e-3, 0.05 * (high - low))
    return Axis(f"Axis {number}", "", 0.0, min(low, median - least), median, max(high, median + least))


@dataclass(frozen=True, eq=False)
class Sweep:
    """What the descriptors measured along one axis: `values` `[SWEEP_POINTS, descriptors]` from slider −1 to +1."""

    values: Values

    def rho(self, index: int) -> float:
        return spearman(np.arange(len(self.values)), self.values[:, index])

    def steps(self, index: int) -> float:
        """Way from one end to the other, in multiples of what is audible."""
        return DESCRIPTORS[index].difference(float(self.values[0, index]), float(self.values[-1, index]))


def sweep(model: DistillModel, axis: int, audition: Audition) -> Sweep:
    """Renders and measures axis number `axis` (from 0) at `SWEEP_POINTS` points."""
    return Sweep(np.array([_measured(model, axis, value, audition) for value in np.linspace(-1, 1, SWEEP_POINTS)]))


def _measured(model: DistillModel, axis: int, value: float, audition: Audition) -> list[float]:
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


def assign_names(sweeps: Sequence[Sweep]) -> dict[int, int]:
    """Axis number → descriptor number, each at most once, the most audible pairs first."""
    pairs = [(sweep.steps(d), -d, axis) for axis, sweep in enumerate(sweeps) for d in range(len(DESCRIPTORS))]
    named: dict[int, int] = {}
    for steps, minus, axis in sorted(pairs, reverse=True):
        fits = steps >= AUDIBLE_STEPS_MIN and abs(sweeps[axis].rho(-minus)) >= RHO_MIN
        if fits and axis not in named and -minus not in named.values():
            named[axis] = -minus
    return named


def analyse(model: DistillModel, audition: Audition) -> Iterator[DistillModel]:
    """Names the axes of a model: yields it once for each axis measured, the last time with all names in it."""
    sweeps: list[Sweep] = []
    for axis in range(len(model.axes.axes)):
        sweeps.append(sweep(model, axis, audition))
        yield with_names(model, sweeps)


def with_names(model: DistillModel, sweeps: Sequence[Sweep]) -> DistillModel:
    """The model with its measured axes named and turned; axes not measured stay as they are."""
    named = assign_names(sweeps)
    axes, directions = list(model.axes.axes), model.axes.directions.clone()
    for number, measured in enumerate(sweeps):
        best = named.get(number, max(range(len(DESCRIPTORS)), key=lambda d: abs(measured.rho(d)) * measured.steps(d)))
        rho = measured.rho(best)
        axes[number], sign = _turned(axes[number], rho)
        directions[number] *= sign
        if number in named:
            axes[number] = _named(axes[number], DESCRIPTORS[best], rho)
    latent_axes = LatentAxes(tuple(axes), model.axes.mean, directions)
    return replace(model, axes=latent_axes, header=replace(model.header, axes=latent_axes.axes))


def _named(axis: Axis, found: Descriptor, rho: float) -> Axis:
    return replace(axis, name=found.name, descriptor=found.id, rho=round(abs(rho), 4))


def _turned(axis: Axis, rho: float) -> tuple[Axis, int]:
    """The axis upside down where `rho` is negative, and the sign of its direction."""
    if rho >= 0:
        return replace(axis, rho=round(rho, 4)), 1
    return replace(axis, rho=round(-rho, 4), low=-axis.high, median=-axis.median, high=-axis.low), -1
