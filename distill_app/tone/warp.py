"""Shift of log-mels along the frequency axis."""

import torch
from torch import Tensor

from distill_app.dsp.mel import band_centres_hz
from distill_app.dsp.mel_format import MelFormat


def warped(values: Tensor, ratio: float, mel_format: MelFormat) -> Tensor:
    """Values `[bands, n]` whose frequencies are multiplied by `ratio`; the outer bands go on beyond the edges."""
    if ratio == 1:
        return values
    centres = band_centres_hz(mel_format)
    wanted = (centres / ratio).clamp(float(centres[0]), float(centres[-1]))
    above = torch.searchsorted(centres, wanted).clamp(1, len(centres) - 1)
    share = ((wanted - centres[above - 1]) / (centres[above] - centres[above - 1]))[:, None]
    return torch.lerp(values[above - 1], values[above], share)
