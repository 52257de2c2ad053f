"""Spectral losses between predicted and recorded samples; every spectrum is computed once for all terms.

Per resolution, for spectra P (predicted) and T (recorded), each item scaled by its own mean magnitude:

* log magnitude: |ln |P| − ln |T||; on the mel's own resolution also of the mels
* complex: |Re (P − T)| + |Im (P − T)|, which includes the phase
* phase derivatives (anti-wrapping losses of APNet, Ai & Ling 2023): with e = arg(P · T*), the wrapped |e|, |Δ_f e|
  (group delay) and |Δ_t e| (instantaneous frequency), weighted by √(|P| |T|), so that only audible bins count.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import cast

import torch
from torch import Tensor, nn

from distill_app.dsp.mel import filterbank
from distill_app.dsp.mel_format import MelFormat

Losses = dict[str, Tensor]
TERMS = ("mel", "log_magnitude", "complex", "phase", "group_delay", "frequency")
_POWER_FLOOR = 1e-9
_PRODUCT_FLOOR = 1e-12
_QUIET = 1e-4
"""Mean magnitude below which phases count less and less, down to none for silence: about −120 dBFS."""


@dataclass(frozen=True, eq=False)
class Spectrum:
    """Real and imaginary parts and magnitudes, each `[batch, bins, frames]`.

    Two real tensors instead of a complex one: each use of `.real` or `.imag` has a gradient that is a whole complex
    tensor, half of it zeros.
    """

    real: Tensor
    imaginary: Tensor
    magnitude: Tensor

    @classmethod
    def of(cls, samples: Tensor, window: Tensor, hop: int, first: int = 0) -> "Spectrum":
        """STFT of samples `[batch, n]`, not centred, from bin `first` on."""
        spectrum = torch.stft(samples, len(window), hop, len(window), window, center=False, return_complex=True)
        real, imaginary = torch.view_as_real(spectrum[:, first:]).unbind(-1)
        return cls(real, imaginary, (real.square() + imaginary.square() + _POWER_FLOOR).sqrt())


@dataclass(frozen=True, eq=False)
class Spectra:
    """Spectra of predicted and of recorded samples; only the predicted one carries gradients."""

    predicted: Spectrum
    recorded: Spectrum

    @classmethod
    def of(cls, predicted: Tensor, recorded: Tensor, window: Tensor, hop: int, first: int = 0) -> "Spectra":
        with torch.no_grad():
            target = Spectrum.of(recorded, window, hop, first)
        return cls(Spectrum.of(predicted, window, hop, first), target)


class SpectralLoss(nn.Module):
    """Spectral loss terms, unweighted, averaged over several resolutions.

    Args:
        mel_format: its window and hop are one of the resolutions.
        resolutions: (window, hop) in samples.
        lowest_hz: frequencies below are ignored.
    """

    def __init__(self, mel_format: MelFormat, resolutions: tuple[tuple[int, int], ...], lowest_hz: float = 0.0) -> None:
        super().__init__()
        self._mel_format = mel_format
        self._resolutions = resolutions
        self._firsts = {size: round(lowest_hz * size / mel_format.sample_rate) for size, _ in resolutions}
        self.register_buffer("_bank", _bank(mel_format, self._firsts[mel_format.n_fft]))
        for size, _ in resolutions:
            self.register_buffer(f"_window_{size}", torch.hann_window(size))

    def forward(self, predicted: Tensor, recorded: Tensor) -> Losses:
        """Scalar losses by `TERMS` for samples `[batch, n]`, in single precision."""
        seen = list(self._spectra(predicted.float(), recorded.float()))
        terms: Losses = {"mel": self._mel_error(seen)}
        for name, values in _merge([_terms(spectra) for spectra in seen]).items():
            terms[name] = torch.stack(values).mean()
        return terms

    def _spectra(self, predicted: Tensor, recorded: Tensor) -> Iterator[Spectra]:
        for size, hop in self._resolutions:
            window = cast(Tensor, getattr(self, f"_window_{size}"))
            yield Spectra.of(predicted, recorded, window, hop, self._firsts[size])

    def _mel_error(self, seen: list[Spectra]) -> Tensor:
        own = seen[self._resolutions.index((self._mel_format.n_fft, self._mel_format.hop))]
        bank, floor = cast(Tensor, self._bank), self._mel_format.floor
        logs = [(bank @ part).clamp_min(floor).log() for part in (own.predicted.magnitude, own.recorded.magnitude)]
        return (logs[0] - logs[1]).abs().mean()


def _bank(mel_format: MelFormat, first: int) -> Tensor:
    """Mel filters above bin `first`, `[bands, bins - first]`."""
    bank = filterbank(mel_format)
    return bank[bank[:, :first].sum(dim=1) == 0, first:].clone()


def _merge(parts: list[Losses]) -> dict[str, list[Tensor]]:
    return {name: [part[name] for part in parts] for name in parts[0]}


def _terms(spectra: Spectra) -> Losses:
    predicted, recorded = spectra.predicted, spectra.recorded
    level = recorded.magnitude.mean((1, 2), keepdim=True).clamp_min(_QUIET)
    real, imaginary = (predicted.real - recorded.real) / level, (predicted.imaginary - recorded.imaginary) / level
    return {
        "log_magnitude": (predicted.magnitude.log() - recorded.magnitude.log()).abs().mean(),
        "complex": real.abs().mean() + imaginary.abs().mean(),
    } | phase_errors(spectra)


def phase_errors(spectra: Spectra) -> Losses:
    """Wrapped errors in rad of the phase and its differences along frequency and time, each item weighted equally.

    Between independent noises they are π / 2 and, for the differences, 1.1, as neighbours share samples.
    """
    predicted, recorded = spectra.predicted, spectra.recorded
    real = predicted.real * recorded.real + predicted.imaginary * recorded.imaginary
    imaginary = predicted.imaginary * recorded.real - predicted.real * recorded.imaginary
    error = torch.atan2(imaginary, real + _PRODUCT_FLOOR)
    weight = (predicted.magnitude.detach() * recorded.magnitude - _POWER_FLOOR).clamp_min(0).sqrt()
    return {
        "phase": _weighted_mean(error.abs(), weight),
        "group_delay": _weighted_mean(_wrap(error.diff(dim=1)), _pair_weight(weight, 1)),
        "frequency": _weighted_mean(_wrap(error.diff(dim=2)), _pair_weight(weight, 2)),
    }


def _wrap(angle: Tensor) -> Tensor:
    """Distance of an angle to the nearest multiple of 2π."""
    return (angle - 2 * math.pi * torch.round(angle / (2 * math.pi))).abs()


def _pair_weight(weight: Tensor, dim: int) -> Tensor:
    """Weight of a difference of neighbours: the geometric mean of their weights."""
    length = weight.shape[dim] - 1
    return (weight.narrow(dim, 0, length) * weight.narrow(dim, 1, length)).sqrt()


def _weighted_mean(error: Tensor, weight: Tensor) -> Tensor:
    return ((error * weight).mean((1, 2)) / weight.mean((1, 2)).clamp_min(_QUIET)).mean()
