"""Augmentation of log-mel windows by pitch, tempo and tone colour.

Values are natural-log magnitudes, in which a gain is an addition.
"""

import math

import numpy as np
import torch
from torch import Tensor

from distill_app.dsp.mel import band_centres_hz
from distill_app.dsp.mel_format import MelFormat

NATS_PER_DB = math.log(10) / 20
_STEPS = 41


class PitchWarp:
    """Transposes mels in `_STEPS` steps from −semitones to +semitones by resampling along the bands.

    Each band takes the level of the frequency that the transposition moves to its centre, interpolated between two
    bands.
    """

    def __init__(self, mel_format: MelFormat, semitones: float) -> None:
        centres = band_centres_hz(mel_format).double().numpy()
        ratios = 2.0 ** (np.linspace(-semitones, semitones, _STEPS) / 12)
        places = np.stack([np.interp(centres / ratio, centres, np.arange(len(centres))) for ratio in ratios])
        self._below = torch.from_numpy(np.minimum(places, len(centres) - 2).astype(np.int64))
        self._share = torch.from_numpy(places).float() - self._below

    def sample_steps(self, count: int, share: float, random: torch.Generator) -> Tensor:
        """Random steps `[count]`; a fraction 1 − `share` of them transposes by nothing."""
        steps = torch.randint(_STEPS, (count,), generator=random)
        return torch.where(torch.rand(count, generator=random) < share, steps, _STEPS // 2)

    def __call__(self, mels: Tensor, steps: Tensor) -> Tensor:
        """Mels `[n, bands, frames]` transposed by one step number each, `[n]`."""
        below = self._below[steps][:, :, None].expand_as(mels)
        share = self._share[steps][:, :, None]
        return torch.lerp(mels.gather(1, below), mels.gather(1, below + 1), share)


def time_stretch(mel: Tensor, frames: int) -> Tensor:
    """Mel `[bands, n]` stretched linearly to `frames`."""
    if mel.shape[1] == frames:
        return mel
    return torch.nn.functional.interpolate(mel[None], size=frames, mode="linear", align_corners=False)[0]


def random_tilts(count: int, bands: int, decibels: float, random: torch.Generator) -> Tensor:
    """Random smooth gains over the bands in nats, `[count, bands, 1]`, mostly within `decibels`."""
    place = torch.linspace(-1, 1, bands)
    angle = math.pi * place
    curves = torch.stack([place, angle.cos(), angle.sin(), (2 * angle).cos()])
    sizes = torch.randn(count, len(curves), generator=random) * decibels * NATS_PER_DB / 2
    return (sizes @ curves)[:, :, None]
