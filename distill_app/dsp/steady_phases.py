"""The phases that partials would have if they held still: single-pass spectrogram inversion (Beauregard, Harish & Wyse
2015), for frames that begin at the window's first sample."""

import math

import torch
from torch import Tensor

from distill_app.dsp.mel_format import MelFormat


def steady_phases(magnitude: Tensor, start: Tensor, mel_format: MelFormat) -> Tensor:
    """Phases `[bins, frames]` of magnitudes `[bins, frames]`: each peak advances by its own frequency, from `start` on.

    Around a peak the phase of a frame that begins at the partial's zero falls by π for each bin.
    """
    nearest, offset = _peaks(magnitude)
    bins = torch.arange(magnitude.shape[0])[:, None]
    advance = 2 * math.pi * mel_format.hop / mel_format.n_fft * (nearest + offset)
    step = advance + math.pi * (nearest - bins)
    phases = torch.empty_like(magnitude)
    phase = start
    for frame in range(magnitude.shape[1]):
        phase = phase[nearest[:, frame]] + step[:, frame]
        phases[:, frame] = phase
    return phases.remainder_(2 * math.pi)


def _peaks(magnitude: Tensor) -> tuple[Tensor, Tensor]:
    """For each bin of each frame: the bin of the nearest spectral peak, and that peak's offset in bins."""
    padded = torch.nn.functional.pad(magnitude, (0, 0, 1, 1))
    below, above = padded[:-2], padded[2:]
    peak = (magnitude >= below) & (magnitude > above)
    nearest = _nearest(peak)
    ratio = torch.maximum(below, above) / magnitude.clamp_min(1e-12)
    offset = (2 * ratio - 1) / (ratio + 1)  # exact for a Hann main lobe
    signed = torch.where(above > below, offset, -offset).clamp(-0.5, 0.5)
    return nearest, signed.gather(0, nearest)


def _nearest(peak: Tensor) -> Tensor:
    far = 4 * peak.shape[0]
    bins = torch.arange(peak.shape[0])[:, None]
    before = torch.where(peak, bins, -far).cummax(dim=0).values
    after = torch.where(peak, bins, far).flip(0).cummin(dim=0).values.flip(0)
    return torch.where(bins - before <= after - bins, before, after).clamp(0, peak.shape[0] - 1)
