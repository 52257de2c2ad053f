"""The phases that partials would have if they held still: single-pass spectrogram inversion (Beauregard, Harish & Wyse
2015), for frames that begin at the window's first sample."""

import math

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from distill_app.dsp.mel_format import MelFormat


def spsi_phases(magnitude: Tensor, start: Tensor, mel_format: MelFormat) -> Tensor:
    """Phases `[frames, bins]` of magnitudes `[frames, bins]`: each peak advances by its own frequency, from `start` on.

    Around a peak the phase of a frame that begins at the partial's zero falls by π for each bin.
    """
    nearest, offset = _peaks(magnitude)
    bins = torch.arange(magnitude.shape[1])
    advance = 2 * math.pi * mel_format.hop / mel_format.n_fft * (nearest + offset)
    phases = advance + math.pi * (nearest - bins)
    _follow(phases.numpy(), nearest.numpy(), start.numpy())
    return phases.remainder_(2 * math.pi)


def _follow(steps: NDArray[np.float32], sources: NDArray[np.int64], start: NDArray[np.float32]) -> None:
    """Adds to each frame the one before it, each bin's from its source. In numpy, whose small operations cost less."""
    before = start
    for step, source in zip(steps, sources, strict=True):
        step += before[source]
        before = step


def _peaks(magnitude: Tensor) -> tuple[Tensor, Tensor]:
    """For each bin of each frame: the bin of the nearest spectral peak, and that peak's offset in bins."""
    padded = torch.nn.functional.pad(magnitude, (1, 1))
    below, above = padded[:, :-2], padded[:, 2:]
    peak = (magnitude >= below) & (magnitude > above)
    nearest = _nearest(peak)
    ratio = torch.maximum(below, above) / magnitude.clamp_min(1e-12)
    offset = (2 * ratio - 1) / (ratio + 1)  # exact for a Hann main lobe
    signed = torch.where(above > below, offset, -offset).clamp(-0.5, 0.5)
    return nearest, signed.gather(1, nearest)


def _nearest(peak: Tensor) -> Tensor:
    count = peak.shape[1]
    bins, far = torch.arange(count), 4 * count
    before = torch.where(peak, bins, -far).cummax(dim=1).values
    after = torch.where(peak, bins, far).flip(1).cummin(dim=1).values.flip(1)
    return torch.where(bins - before <= after - bins, before, after).clamp(0, count - 1)
