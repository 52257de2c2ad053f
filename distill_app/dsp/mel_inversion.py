"""Mel inversion: linear magnitudes as a non-negative sum of Hann main lobes.

A steady partial appears in an STFT as the window's main lobe. A sum of such lobes, instead of free bins, has fewer
wrong solutions and places partials between bins, so that the mel keeps the pitch.

Solver: Richardson-Lucy iterations (multiplicative updates for the Kullback-Leibler divergence, Lee & Seung 2001) with
the extrapolation of Biggs & Andrews 1997 and the momentum of Nesterov 1983. 60 iterations are closer than 240
over-relaxed ones; 80 keep 65 Hz in tune. Low bands, where a bin is many cents wide, have a finer grid and more
iterations.
"""

from dataclasses import dataclass
from functools import lru_cache

import torch
from torch import Tensor

from distill_app.dsp.mel import filterbank
from distill_app.dsp.mel_format import MelFormat

_LOW_HZ = 600.0
_LOW_STEP, _HIGH_STEP = 0.25, 1.0  # bins between neighbouring lobes
_LOW_ITERATIONS, ITERATIONS = 80, 8
_FIRST_BIN = 1.0
"""Lowest lobe. A mel does not separate what is below 20 Hz from what is above, so that it would take its level."""
_TINY = 1e-8


@dataclass(frozen=True, eq=False)
class _LobeDictionary:
    """Lobes `[bins, atoms]`, their mel `[bands, atoms]`, and the numbers of atoms and bands in the low solve."""

    lobes: Tensor
    mel: Tensor
    low_atoms: int
    low_bands: int


def hann_lobe(offset: Tensor) -> Tensor:
    """Main lobe of the Hann window's transform at `offset` bins, 1 at its centre."""
    denominator = 1 - offset**2
    pole = denominator.abs() < 1e-6
    value = torch.sinc(offset) / torch.where(pole, 1.0, denominator)
    return torch.where(pole, 0.5, value.abs()) * (offset.abs() < 2)


@lru_cache(maxsize=4)
def _lobe_dictionary(mel_format: MelFormat, bands: int, count: int) -> _LobeDictionary:
    bank = filterbank(mel_format)[:bands, :count]
    bins = torch.arange(bank.shape[1], dtype=torch.float64)
    low_bins = _LOW_HZ * mel_format.n_fft / mel_format.sample_rate
    low = torch.arange(_FIRST_BIN, low_bins, _LOW_STEP, dtype=torch.float64)
    high = torch.arange(low_bins, len(bins) - 1, _HIGH_STEP, dtype=torch.float64)
    lobes = hann_lobe(bins[:, None] - torch.cat([low, high])).float()
    low_bands = int((bank.argmax(dim=1) < low_bins).sum())
    return _LobeDictionary(lobes, bank @ lobes, len(low), low_bands)


def _solve(target: Tensor, weights: Tensor, start: Tensor, iterations: int) -> Tensor:
    """Non-negative activations with `weights @ activations` close to `target`, computed in four buffers."""
    back = (weights / weights.sum(dim=0).clamp_min(1e-6)).T.contiguous()
    found, pointed_to, ratio, following = (
        start.clone(),
        start.clone(),
        torch.empty_like(target),
        torch.empty_like(start),
    )
    for done in range(iterations):
        torch.mm(weights, pointed_to, out=ratio).add_(_TINY)
        torch.div(target, ratio, out=ratio)
        torch.mm(back, ratio, out=following).mul_(pointed_to)
        torch.lerp(following, found, -done / (done + 3), out=pointed_to).clamp_min_(0)
        found, following = following, found
    return found


def mel_to_magnitudes(
    mel: Tensor, mel_format: MelFormat, bins: int | None = None, iterations: int = ITERATIONS
) -> Tensor:
    """Linear magnitudes `[bins, frames]` of a linear mel `[bands, frames]`.

    Args:
        bins: number of lowest bins, if `mel` holds only the bands below them; None for all.
        iterations: iterations of the solve over all bands.
    """
    dictionary = _lobe_dictionary(mel_format, mel.shape[0], bins or mel_format.n_fft // 2 + 1)
    start = (dictionary.mel.T @ mel) / (dictionary.mel.T @ dictionary.mel.sum(dim=1, keepdim=True)).clamp_min(1e-9)
    low, bands = dictionary.low_atoms, dictionary.low_bands
    fine = _solve(mel[:bands], dictionary.mel[:bands, :low], start[:low], _LOW_ITERATIONS)
    inner = int(0.9 * low)  # the outermost low atoms also belong to bands the low solve has not seen
    start = torch.cat([fine[:inner], start[inner:]])
    return dictionary.lobes @ _solve(mel, dictionary.mel, start, iterations)
