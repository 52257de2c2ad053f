"""From a trained network to an instrument: which directions of its latent space are sliders, and what they are called.

1. PCA of the posterior means of the corpus's own windows, and of nothing else.
2. A permutation test: components are taken in the order of the share of the sounds' variance that they explain, as
   long as the next one explains more of what is left than the best of the rest does in 95 of 100 shuffles of the
   sounds (a step-down test by the maximum, Westfall & Young 1993). Windows that overlap are not independent, so each is
   shuffled together with its neighbours. (Horn's parallel analysis, which shuffles each latent dimension by itself,
   asks whether the dimensions are correlated. The prior of a VAE teaches them not to be, so that the better the
   network, the fewer axes it found: one, where 32 dimensions were in use.) At most AXES_MAX are offered, none that
   explains less than SHARE_MIN, and one in any case, so that there is something to play.
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
SHARE_MIN = 0.01
"""Of the sounds' variance: a slider that moves less would be a disappointment, however surely it does."""
SWEEP_POINTS = 11
RHO_MIN = 0.9
AUDIBLE_STEPS_MIN = 1.0
"""Way of a named slider from −1 to +1, in multiples of the descriptor's audible difference."""

_PERMUTATIONS = 60
_PERCENTILE = 95
_LOW, _MEDIAN, _HIGH = 2.0, 50.0, 98.0

Values = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Components:
    """Principal components of latents.

    Args:
        mean: `[latent]`.
        directions: `[n, latent]`, orthonormal.
        shares: of the sounds' variance that each explains `[n]`, falling.
        meanings: descriptors that the first directions moved in an earlier model, "" for none.
    """

    mean: Tensor
    directions: Tensor
    shares: Tensor
    meanings: tuple[str, ...] = ()


def principal_components(latents: Tensor, sounds: Tensor, block: int = 1, seed: int = 0) -> Components:
    """The components of latents `[n, latent]` on which the sounds `[n, features]` depend: 1 … AXES_MAX of them.

    Args:
        sounds: what each latent stands for, in any features of which the variance matters.
        block: neighbouring rows that are shuffled together, because they overlap in time.
    """
    mean = latents.mean(0)
    coordinates, singular, directions = torch.linalg.svd((latents - mean).double(), full_matrices=False)
    rank = max(1, int((singular > 1e-6 * singular[0]).sum()))
    random = np.random.default_rng(seed)
    shares, kept = _step_down(coordinates[:, :rank].numpy(), sounds.double().numpy(), block, random)
    return Components(mean, directions[kept].float(), torch.from_numpy(shares[kept]).float())


def _step_down(
    coordinates: Values, sounds: Values, block: int, random: np.random.Generator
) -> tuple[Values, list[int]]:
    """Share of the sounds' variance that each orthonormal column explains, and which columns count, strongest first."""
    left = sounds - sounds.mean(0)
    total = max(float(np.square(left).sum()), 1e-12)
    shares = _shares(coordinates, left, total)
    order = np.argsort(-shares).tolist()
    for kept, column in enumerate(order[:AXES_MAX]):
        if shares[column] <= max(SHARE_MIN, _chance(coordinates[:, order[kept:]], left, total, block, random)):
            return shares, order[: max(1, kept)]
        left -= np.outer(coordinates[:, column], coordinates[:, column] @ left)
    return shares, order[:AXES_MAX]


def _chance(columns: Values, left: Values, total: float, block: int, random: np.random.Generator) -> float:
    """The share that the best of the columns explains by chance, but for one time in twenty."""
    shuffles = (left[_shuffled(len(left), block, random)] for _ in range(_PERMUTATIONS))
    return float(np.percentile([_shares(columns, shuffled, total).max() for shuffled in shuffles], _PERCENTILE))


def _shares(coordinates: Values, centred: Values, total: float) -> Values:
    """Of orthonormal columns, each one's part in a least-squares fit of the sounds."""
    return np.square(coordinates.T @ centred).sum(1) / total


def _shuffled(rows: int, block: int, random: np.random.Generator) -> NDArray[np.int64]:
    """The row numbers in another order, blocks of neighbours staying together."""
    blocks = np.array_split(np.arange(rows), max(2, rows // block))
    return np.concatenate([blocks[i] for i in random.permutation(len(blocks))])


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


def analyse(model: DistillModel, audition: Audition, sweeps: list[Sweep]) -> Iterator[DistillModel]:
    """Names the axes of a model: yields it once for each axis measured, the last time with all names in it.

    Args:
        sweeps: what has been measured of the first axes before; each of the others is added to it.
    """
    for axis in range(len(model.axes.axes)):
        if axis == len(sweeps):
            sweeps.append(sweep(model, axis, audition))
        yield with_names(model, sweeps[: axis + 1])


def with_names(model: DistillModel, sweeps: Sequence[Sweep]) -> DistillModel:
    """The model with its measured axes named and turned; axes not measured stay as they are."""
    named = assign_names(sweeps, [axis.descriptor for axis in model.axes.axes[: len(sweeps)]])
    axes = model.axes
    for number, measured in enumerate(sweeps):
        best = named.get(number, max(range(len(DESCRIPTORS)), key=lambda d: abs(measured.rho(d)) * measured.steps(d)))
        rho = measured.rho(best)
        axis, sign = _turned(axes.axes[number], rho)
        axes = axes.turned(number, _named(axis, DESCRIPTORS[best] if number in named else None, rho), sign)
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
