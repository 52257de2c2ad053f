"""Single-pass spectrogram inversion (SPSI; Beauregard, Harish & Wyse 2015) for frames that start at the window's first
sample."""

import math

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from distill_app.dsp.mel_format import MelFormat


def spsi_phases(magnitude: Tensor, start: Tensor, mel_format: MelFormat) -> Tensor:
    """Phases `[frames, bins]` of magnitudes `[frames, bins]`, where each peak advances by its frequency from `start`.

    Around a peak, the phase of a frame that begins at the partial's zero falls by π per bin.
    """
    nearest, offset = _nearest_peaks(magnitude)
    bins = torch.arange(magnitude.shape[1])
    advance = 2 * math.pi * mel_format.hop / mel_format.n_fft * (nearest + offset)
    phases = advance + math.pi * (nearest - bins)
    _accumulate(phases.numpy(), nearest.numpy(), start.numpy())
    return phases.remainder_(2 * math.pi)


def _accumulate(steps: NDArray[np.float32], sources: NDArray[np.int64], start: NDArray[np.float32]) -> None:
    """Add to each frame the frame before it, taken at each bin's source bin. numpy: its small operations cost less."""
    before = start
    for step, source in zip(steps, sources, strict=True):
        step += before[source]
        before = step


def _nearest_peaks(magnitude: Tensor) -> tuple[Tensor, Tensor]:
    """Nearest spectral peak of each bin of each frame, and that peak's offset from its bin."""
    padded = torch.nn.functional.pad(magnitude, (1, 1))
    below, above = padded[:, :-2], padded[:, 2:]
    peak = (magnitude >= below) & (magnitude > above)
    nearest = _nearest_peak_bins(peak)
    ratio = torch.maximum(below, above) / magnitude.clamp_min(1e-12)
    offset = (2 * ratio - 1) / (ratio + 1)  # exact for a Hann main lobe
    signed = torch.where(above > below, offset, -offset).clamp(-0.5, 0.5)
    return nearest, signed.gather(1, nearest)


def _nearest_peak_bins(peak: Tensor) -> Tensor:
    count = peak.shape[1]
    bins, far = torch.arange(count), 4 * count
    before = torch.where(peak, bins, -far).cummax(dim=1).values
    after = torch.where(peak, bins, far).flip(1).cummin(dim=1).values.flip(1)
    return torch.where(bins - before <= after - bins, before, after).clamp(0, count - 1)
