"""Provisional names of the sliders of a first model, from its decoded mels, in half a second.

Only qualities of the spectrum give a name, because a mel shows them as well as the sound does. The names that rendered
sound gives later (analysis.py) take these first, so that a slider hardly ever changes its name.
"""

from dataclasses import replace

import numpy as np
import torch

from distill_app.dsp.descriptors import DESCRIPTORS
from distill_app.models.model import DistillModel
from distill_app.training.axes.analysis import SWEEP_POINTS, Sweep, assign_names
from distill_app.training.axes.mel_descriptors import mel_descriptors

RHO_MIN = 0.95
"""Stricter than for rendered sound: a name that has to be taken back is worse than none."""


def with_provisional_names(model: DistillModel) -> DistillModel:
    """Model whose sliders are named as far as its mels show what they do, and not measured; up means more."""
    axes = model.axes
    sweeps = [_mel_sweep(model, number) for number in range(len(axes.axes))]
    found = assign_names(sweeps, [axis.descriptor for axis in axes.axes], RHO_MIN)
    for number, place in found.items():
        named = replace(axes.axes[number], name=DESCRIPTORS[place].name, descriptor=DESCRIPTORS[place].id)
        if sweeps[number].rho(place) >= 0:
            axes = axes.with_oriented_axis(number, named, 1)
        else:
            axes = axes.with_oriented_axis(number, named.reversed(), -1)
    return model.with_axes(axes)


def _mel_sweep(model: DistillModel, axis: int) -> Sweep:
    """Sweep of one axis in which descriptors that a mel does not show stay at 0, and so name nothing."""
    places = [(*[0.0] * axis, float(value)) for value in np.linspace(-1, 1, SWEEP_POINTS)]
    mels = model.decode_at_corpus_level(torch.stack([model.axes.to_latent(place) for place in places]))
    found = mel_descriptors(mels, model.header.mel_format)
    values = np.zeros((SWEEP_POINTS, len(DESCRIPTORS)))
    for number, each in enumerate(DESCRIPTORS):
        if each.id in found:
            values[:, number] = found[each.id].numpy()
    return Sweep(values)
