"""Brings the places of the sliders to the level of the corpus's sounds.

Log-mels average geometrically: the partials of one sound fall into the gaps of the other, and what lies between them
comes out softer than both, by 15 dB in the sliders' middle; what lies beyond them comes out louder. The level over the
sliders is close to a quadratic form, and so is what is to be added.
"""

from dataclasses import replace

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from distill_app.models.axis import SLIDER_LIMIT
from distill_app.models.basis import BasisVAE
from distill_app.models.levelling import Levelling
from distill_app.models.model import DistillModel
from distill_app.models.vae import WINDOW_FRAMES

_PLACES, _SPREAD = 600, 0.6
_RIDGE = 0.02
"""Of the number of places: keeps the form small where they say little."""
_BATCH = 64

Values = NDArray[np.float64]


@torch.inference_mode()
def levelled(model: DistillModel, windows: Tensor, latents: Tensor) -> DistillModel:
    """The model with a gain over its sliders; as it is where no latent is a gain.

    Args:
        windows: log-mel windows `[n, bands, frames]` of the corpus.
        latents: their latents `[n, latent]`.
    """
    if not isinstance(model.vae, BasisVAE):
        return model
    places = _places(len(model.axes.axes))
    latent = torch.stack([model.axes.to_latent(place.tolist()) for place in places])
    found = torch.cat([_levels(model.decode(batch)) for batch in torch.split(latent, _BATCH)])
    stand = np.array([model.axes.to_sliders(each) for each in latents])
    wanted = _fitted(_linear(stand), _levels(windows))
    form = _form(_fitted(_quadratic(places), torch.from_numpy(_linear(places) @ wanted) - found), places.shape[1])
    offset = Levelling(torch.from_numpy(form).float(), _gain(model).clone())
    return model.with_axes(replace(model.axes, levelling=offset))


def _gain(model: DistillModel) -> Tensor:
    """`[latent]`, what makes every window louder by one nat: the encoder is linear."""
    silence = model.mean[:, None].expand(1, -1, WINDOW_FRAMES)
    return (model.encode(silence + 1) - model.encode(silence))[0]


def _places(axes: int) -> Values:
    """Slider values `[n, axes]`: random ones, and each slider moved alone."""
    random = np.random.default_rng(0)
    alone = [value * np.eye(axes) for value in (-SLIDER_LIMIT, -1, -0.5, 0.5, 1, SLIDER_LIMIT)]
    drawn = np.clip(_SPREAD * random.standard_normal((_PLACES, axes)), -SLIDER_LIMIT, SLIDER_LIMIT)
    return np.concatenate([drawn, np.zeros((1, axes)), *alone])


def _linear(places: Values) -> Values:
    return np.column_stack([np.ones(len(places)), places])


def _quadratic(places: Values) -> Values:
    """Every product of two of (1, sliders), `[n, products]`."""
    linear = _linear(places)
    first, second = np.triu_indices(linear.shape[1])
    return linear[:, first] * linear[:, second]


def _fitted(terms: Values, values: Tensor) -> Values:
    """Ridge regression of values `[n]` on terms `[n, k]`, the first of which is the constant and free."""
    penalty = np.diag([0.0, *[_RIDGE * len(terms)] * (terms.shape[1] - 1)])
    return np.linalg.solve(terms.T @ terms + penalty, terms.T @ values.double().numpy())


def _form(coefficients: Values, axes: int) -> Values:
    form = np.zeros((axes + 1, axes + 1))
    form[np.triu_indices(axes + 1)] = coefficients
    return (form + form.T) / 2


def _levels(windows: Tensor) -> Tensor:
    """Log of the root mean square of each mel window `[n]`."""
    return torch.logsumexp(2 * windows, (1, 2)) / 2
