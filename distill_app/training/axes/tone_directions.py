"""Directions of a latent space in which the tone of all sounds changes alike: level, tilt, both ends, transposition.

The sliders of the tone do that to any sound, so those of a model leave it out and tell its recordings apart.
"""

from collections.abc import Callable

import torch
from torch import Tensor

from distill_app.models.model import DistillModel
from distill_app.tone.mel_tone import spectral_shapes

_GAIN = 0.5
"""Nepers at the largest gain."""
_TRANSPOSED_BANDS = 1
_WINDOWS_MAX = 128
_DEPENDENT = 1e-4


@torch.inference_mode()
def tone_directions(model: DistillModel, windows: Tensor) -> Tensor:
    """Orthonormal directions `[n, latent]` of the mean effects of tone on windows `[m, bands, frames]`."""
    some = windows[:: -(-len(windows) // _WINDOWS_MAX)]
    effects = [_mean_effect(model, some, change) for change in _changes(model)]
    length = max(float(each.norm()) for each in effects)
    found: list[Tensor] = []
    for effect in effects:
        left = effect / max(length, 1e-9)
        for known in found:
            left = left - (left @ known) * known
        if left.norm() > _DEPENDENT:
            found.append(left / left.norm())
    return torch.stack(found) if found else windows.new_zeros(0, model.vae.latent)


def _changes(model: DistillModel) -> list[Callable[[Tensor, float], Tensor]]:
    """Changes of log-mels by a share from -1 to +1."""
    tilt, high, low = spectral_shapes(model.header.mel_format)
    gains = (torch.ones_like(tilt), tilt / tilt.abs().max(), high, low)
    return [*map(_gain, gains), _transposed]


def _gain(gains: Tensor) -> Callable[[Tensor, float], Tensor]:
    return lambda mels, share: mels + share * _GAIN * gains


def _transposed(mels: Tensor, share: float) -> Tensor:
    """Log-mels moved by a band, the outermost one doubled."""
    moved = mels.roll(_TRANSPOSED_BANDS if share > 0 else -_TRANSPOSED_BANDS, 1)
    edge = 0 if share > 0 else -1
    moved[:, edge] = mels[:, edge]
    return moved


def _mean_effect(model: DistillModel, windows: Tensor, change: Callable[[Tensor, float], Tensor]) -> Tensor:
    """Mean difference `[latent]` of the latents of windows changed upwards and downwards."""
    return (model.encode(change(windows, 1.0)) - model.encode(change(windows, -1.0))).mean(0)
