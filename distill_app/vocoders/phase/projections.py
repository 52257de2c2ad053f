"""Fast Griffin-Lim projections with a mel as the target.

A projection computes the samples of a spectrum and the spectrum of those samples, adds momentum (Perraudin, Balazs &
Søndergaard 2013), and scales the bins until the mel is right:

    spectrum ─▶ frames ─▶ samples ─▶ frames ─▶ consistent spectrum ─▶ + momentum ─▶ × gain ─▶ spectrum
                             ▲                                                       ▲
                 samples given out before                                  target mel ÷ own mel

Arrays are `[frames, bins]`, as the FFT needs them, and reused: at these sizes, allocating memory would cost as much as
the arithmetic. Complex numbers are handled as pairs of real ones where that is faster.
"""

from dataclasses import dataclass

import torch
from torch import Tensor

from distill_app.dsp.istft import inverse_envelope
from distill_app.dsp.mel import hann_window
from distill_app.dsp.mel_format import MelFormat

_MOMENTUM = 0.99
_FADE_HOPS = 4
"""Length of the fade from the last chunk's guess to the next chunk's estimate."""
_MIN_MEL = 1e-7


@dataclass(frozen=True, eq=False)
class ChunkState:
    """State that a chunk passes to the next one: samples that stay fixed, and its guess of those that follow."""

    fixed: Tensor
    guess: Tensor

    def continue_in(self, samples: Tensor, hop: int) -> None:
        """Overwrite the start of `samples` `[n]` with the fixed ones, and fade from the guess into the rest."""
        known = len(self.fixed)
        samples[:known] = self.fixed
        own = samples[known : known + min(len(self.guess), _FADE_HOPS * hop)]
        torch.lerp(self.guess[: len(own)], own, torch.linspace(0, 1, len(own)), out=own)


@dataclass(frozen=True, eq=False)
class SpectrumRate:
    """Framing of a spectrum at one sample rate, and its relation to the mel.

    Args:
        n_fft, hop, win: framing in samples.
        to_bands: filters `[bins, bands]` of the bands below its Nyquist frequency.
        to_bins: weight of each band for each bin, `[bands, bins]`, sum 1 over the bands.
    """

    n_fft: int
    hop: int
    win: int
    to_bands: Tensor
    to_bins: Tensor

    @classmethod
    def from_mel_format(cls, mel_format: MelFormat, divisor: int, bank: Tensor) -> "SpectrumRate":
        """Framing at the format's rate divided by `divisor`, with a filterbank `[bands, bins]`."""
        to_bins = bank / bank.sum(dim=0).clamp_min(1e-9)
        sizes = (mel_format.n_fft // divisor, mel_format.hop // divisor, mel_format.win // divisor)
        return cls(*sizes, bank.T.contiguous(), to_bins.contiguous())

    @property
    def bins(self) -> int:
        return self.to_bands.shape[0]

    @property
    def bands(self) -> int:
        return self.to_bands.shape[1]


class Projections:
    """Iterates projections of a spectrum towards a mel.

    Args:
        spectrum: complex `[frames, bins]`, contiguous; overwritten.
        target: linear mel `[frames, bands]`.
        state: state of the chunk before.
    """

    def __init__(self, spectrum: Tensor, target: Tensor, rate: SpectrumRate, state: ChunkState | None = None) -> None:
        frames, hops = len(spectrum), rate.n_fft // rate.hop
        rows = frames + hops - 1
        self.spectrum, self._pairs = spectrum, torch.view_as_real(spectrum)
        self._target, self._rate, self._state = target, rate, state
        self._previous: Tensor | None = None
        self._window, self._window_hops = hann_window(rate.win), hann_window(rate.win).view(hops, rate.hop)
        self._inverse_envelope = inverse_envelope(rate, frames)
        self._layers = spectrum.real.new_zeros(hops, rows, rate.hop)
        self._staggered = self._layers.as_strided((frames, hops, rate.hop), (rate.hop, (rows + 1) * rate.hop, 1))
        self._rows = self._layers.new_empty(rows, rate.hop)
        self._samples = self._rows.view(-1)
        self._overlapping = self._samples.as_strided((frames, rate.n_fft), (rate.hop, 1))
        self._frames = self._layers.new_empty(frames, rate.n_fft)
        self._squares = torch.empty_like(self._pairs)
        self._magnitude = self._layers.new_empty(frames, rate.bins)
        self._mel = torch.empty_like(target)

    def samples(self) -> Tensor:
        """Samples `[n]` of the present spectrum, padding included: least squares (Griffin & Lim 1984, eq. 6).

        The n-th hop of each frame is written to the n-th layer, n hops later; the sum of the layers is the overlap-add.
        The result is valid until the next call.
        """
        frames = torch.fft.irfft(self.spectrum, n=self._rate.n_fft).view(self._staggered.shape)
        torch.mul(frames, self._window_hops, out=self._staggered)
        torch.sum(self._layers, 0, out=self._rows).mul_(self._inverse_envelope)
        if self._state is not None:
            self._state.continue_in(self._samples, self._rate.hop)
        return self._samples

    def advance(self) -> None:
        """Compute one projection."""
        consistent = torch.view_as_real(self._consistent_spectrum())
        previous = consistent if self._previous is None else self._previous
        torch.lerp(consistent, previous, -_MOMENTUM, out=self._pairs)  # consistent + momentum * (consistent - previous)
        self._previous = consistent
        self.spectrum.mul_(self._gain())

    def _consistent_spectrum(self) -> Tensor:
        """Spectrum `[frames, bins]` of the present samples."""
        self.samples()
        return torch.fft.rfft(torch.mul(self._overlapping, self._window, out=self._frames))

    def _gain(self) -> Tensor:
        """Gain `[frames, bins]`: for each bin, the weighted mean of target ÷ own mel over its bands."""
        torch.mul(self._pairs, self._pairs, out=self._squares)
        torch.add(self._squares[..., 0], self._squares[..., 1], out=self._magnitude).sqrt_()
        torch.mm(self._magnitude, self._rate.to_bands, out=self._mel).clamp_min_(_MIN_MEL)
        torch.div(self._target, self._mel, out=self._mel)
        return torch.mm(self._mel, self._rate.to_bins, out=self._magnitude)
