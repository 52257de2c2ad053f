"""Griffin-Lim projections, made to be fast.

One projection makes samples of a spectrum, the spectrum of those samples, goes further the way the last projection went
(Perraudin, Balazs & Søndergaard 2013), and scales the bins until the mel is right:

    spectrum ─▶ frames ─▶ samples ─▶ frames ─▶ consistent spectrum ─▶ + momentum ─▶ × gain ─▶ spectrum
                             ▲                                                       ▲
                 what was given out before                                 target mel ÷ own mel

The arrays lie as the transforms want them, `[frames, bins]`, and are written into again and again: at these sizes fresh
memory would cost as much as the arithmetic. Complex numbers are handled as pairs of real ones where that is faster.
"""

from dataclasses import dataclass

import torch
from torch import Tensor

from distill_app.dsp.istft import inverse_envelope
from distill_app.dsp.mel import hann_window
from distill_app.dsp.mel_format import MelFormat

_MOMENTUM = 0.99
_HANDOVER = 4  # hops in which a chunk takes over from the last one's guess
_LEAST_MEL = 1e-7


@dataclass(frozen=True, eq=False)
class ChunkState:
    """What a chunk leaves for the next one, at one rate: samples that stay, then its guess of what follows them."""

    given: Tensor
    guess: Tensor

    def continue_in(self, samples: Tensor, hop: int) -> None:
        """Writes over the begin of `samples` `[n]`: what was given out, then the guess fading into them."""
        known = len(self.given)
        samples[:known] = self.given
        own = samples[known : known + min(len(self.guess), _HANDOVER * hop)]
        torch.lerp(self.guess[: len(own)], own, torch.linspace(0, 1, len(own)), out=own)


@dataclass(frozen=True, eq=False)
class SpectrumRate:
    """Samples per second that a spectrum stands for, and what its bins have to do with the mel.

    Args:
        n_fft, hop, win: its framing.
        to_bands: `[bins, bands]`, of the bands that lie below its Nyquist frequency.
        to_bins: how much each of them has to say about each bin, `[bands, bins]`.
    """

    n_fft: int
    hop: int
    win: int
    to_bands: Tensor
    to_bins: Tensor

    @classmethod
    def of(cls, mel_format: MelFormat, divisor: int, bank: Tensor) -> "SpectrumRate":
        """`divisor` times slower than the format's, with the same frames in time; `bank` is `[bands, bins]`."""
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
    """Projections of one spectrum, one after the other. See the module.

    Args:
        spectrum: complex `[frames, bins]`, contiguous; written over.
        target: linear mel `[frames, bands]`.
        tail: what the samples begin with.
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
        """Samples `[n]` of the spectrum as it stands, padding included: least squares (Griffin & Lim 1984, eq. 6).

        The n-th hop of each frame goes into the n-th layer, as much later as it belongs; the layers are added up. The
        samples are valid until the next call.
        """
        frames = torch.fft.irfft(self.spectrum, n=self._rate.n_fft).view(self._staggered.shape)
        torch.mul(frames, self._window_hops, out=self._staggered)
        torch.sum(self._layers, 0, out=self._rows).mul_(self._inverse_envelope)
        if self._state is not None:
            self._state.continue_in(self._samples, self._rate.hop)
        return self._samples

    def advance(self) -> None:
        """One projection."""
        consistent = torch.view_as_real(self._consistent())
        previous = consistent if self._previous is None else self._previous
        torch.lerp(consistent, previous, -_MOMENTUM, out=self._pairs)  # consistent + momentum * (consistent - previous)
        self._previous = consistent
        self.spectrum.mul_(self._gain())

    def _consistent(self) -> Tensor:
        """The spectrum `[frames, bins]` that its samples have."""
        self.samples()
        return torch.fft.rfft(torch.mul(self._overlapping, self._window, out=self._frames))

    def _gain(self) -> Tensor:
        """`[frames, bins]`: for each bin the mean shortfall of its bands."""
        torch.mul(self._pairs, self._pairs, out=self._squares)
        torch.add(self._squares[..., 0], self._squares[..., 1], out=self._magnitude).sqrt_()
        torch.mm(self._magnitude, self._rate.to_bands, out=self._mel).clamp_min_(_LEAST_MEL)
        torch.div(self._target, self._mel, out=self._mel)
        return torch.mm(self._mel, self._rate.to_bins, out=self._magnitude)
