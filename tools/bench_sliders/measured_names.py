"""Names of a model's own sliders after the descriptors that they change most, measured on rendered sound."""

from collections.abc import Sequence
from dataclasses import replace

from distill_app.dsp.descriptors import DESCRIPTORS
from distill_app.models.model import DistillModel
from distill_app.training.axes.analysis import RenderSliders, Sweep, sweep

RHO_MIN = 0.9
AUDIBLE_STEPS_MIN = 1.0
"""Least change of a named slider from −1 to +1, in multiples of the descriptor's audible difference."""


def measured_names(model: DistillModel, render: RenderSliders) -> DistillModel:
    """Model whose sliders have the descriptors that they change clearly, up for more; each descriptor once."""
    axes = model.axes
    sweeps = [sweep(model, number, render) for number in range(len(axes.axes))]
    for number, place in assign_names(sweeps).items():
        rho = sweeps[number].rho(place)
        named = replace(axes.axes[number], descriptor=DESCRIPTORS[place].id, rho=round(abs(rho), 4))
        axes = axes.with_oriented_axis(number, named if rho >= 0 else named.reversed(), 1 if rho >= 0 else -1)
    return model.with_axes(axes)


def assign_names(sweeps: Sequence[Sweep]) -> dict[int, int]:
    """Axis number → descriptor number, each at most once, the most audible pairs first."""
    numbers = range(len(DESCRIPTORS))
    pairs = [(each.steps(d), -d, axis) for axis, each in enumerate(sweeps) for d in numbers]
    named: dict[int, int] = {}
    for steps, minus, axis in sorted(pairs, reverse=True):
        fits = steps >= AUDIBLE_STEPS_MIN and abs(sweeps[axis].rho(-minus)) >= RHO_MIN
        if fits and axis not in named and -minus not in named.values():
            named[axis] = -minus
    return named
