"""Griffin-Lim on a mel: the vocoder that is always there.

Fast Griffin-Lim (Perraudin, Balazs & Søndergaard 2013) with two changes for mels. It starts from the phases that
steady partials would have (single-pass spectrogram inversion, Beauregard, Harish & Wyse 2015) instead of random ones,
which keeps the pitch; and each projection scales the estimate's own magnitudes until their *mel* is right, instead of
imposing one magnitude guessed beforehand, which keeps level and noise.

Long mels are done in chunks. In every projection the samples already given out stay fixed as the left context of the
next chunk, and the chunk's own estimate takes over from the last one's guess in a ramp (the two are coherent), so that
the phases continue and the mel is met across the border as well as elsewhere.
"""

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

import torch
from torch import Tensor

from distill_app.dsp.mel import filterbank, frames_stft
from distill_app.dsp.mel_format import MelFormat
from distill_app.dsp.mel_inversion import magnitudes
from distill_app.dsp.overlap import inverse_stft
from distill_app.errors import VocoderError
from distill_app.vocoders.base import VocoderInfo

_ITERATIONS = 32
_MOMENTUM = 0.99
_CHUNK = 256  # frames given out at a time
_BEHIND, _AHEAD = 8, 8  # frames of context: already given out, and not yet
_HANDOVER = 4  # hops in which a chunk takes over from the last one's guess
_PHASE_SEED = 0


@dataclass(frozen=True, eq=False)
class _Tail:
    """What a chunk leaves for the next one: `_BEHIND` hops already given out, then its guess of what follows."""

    given: Tensor
    guess: Tensor


class GriffinLim:
    """See the module. Meets `distill_app.vocoders.base.Vocoder`."""

    context_frames = 8

    def __init__(self, info: VocoderInfo, iterations: int = _ITERATIONS) -> None:
        self.info = info
        self._iterations = iterations

    @property
    def sample_rate(self) -> int:
        return self.info.mel_format.sample_rate

    @torch.inference_mode()
    def mel_to_waveform(self, mel: Tensor) -> Tensor:
        """Samples `[batch, 1, frames * hop]` of a log-mel `[batch, bands, frames]`. Raises VocoderError."""
        return torch.stack([torch.cat(list(self.stream([item])), dim=1) for item in mel])

    @torch.inference_mode()
    def stream(self, blocks: Iterable[Tensor]) -> Iterator[Tensor]:
        """Samples `[1, n]`, chunk after chunk, of mel blocks `[bands, frames]`. Raises VocoderError."""
        mel_format = self.info.mel_format
        tail: _Tail | None = None
        for mel, last in _chunks(_checked(blocks, mel_format)):
            samples, tail = self._chunk(mel, tail, last)
            yield samples[None]

    def _chunk(self, mel: Tensor, tail: _Tail | None, last: bool) -> tuple[Tensor, _Tail | None]:
        """One chunk's samples; `mel` carries the context frames of both sides."""
        mel_format = self.info.mel_format
        hop, padding = mel_format.hop, mel_format.padding
        padded = self._estimate(mel, tail)
        start = padding if tail is None else _BEHIND * hop
        if last:
            return padded[start : len(padded) - padding], None
        end = (mel.shape[1] - _AHEAD) * hop
        return padded[start:end], _Tail(padded[end - _BEHIND * hop : end], padded[end:])

    def _estimate(self, mel: Tensor, tail: _Tail | None) -> Tensor:
        """Samples, padding included, whose mel comes close to `mel` and which continue `tail`."""
        mel_format = self.info.mel_format
        target = _linear(mel, mel_format)
        spectrum = _first_guess(magnitudes(target, mel_format), tail, mel_format)[None]
        previous = torch.zeros_like(spectrum)
        for _ in range(self._iterations):
            consistent = frames_stft(_continuing(tail, inverse_stft(spectrum, mel_format), mel_format.hop), mel_format)
            moved = consistent.lerp(previous, -_MOMENTUM)  # consistent + momentum * (consistent - previous)
            spectrum = _with_mel(moved, target, mel_format)
            previous = consistent
        return _continuing(tail, inverse_stft(spectrum, mel_format), mel_format.hop)[0]


def _checked(blocks: Iterable[Tensor], mel_format: MelFormat) -> Iterator[Tensor]:
    count = 0
    for block in blocks:
        if block.ndim != 2 or block.shape[0] != mel_format.bands:
            raise VocoderError(f"This vocoder reads mels of {mel_format.bands} bands, not of {block.shape[0]}.")
        if not torch.isfinite(block).all():
            raise VocoderError("This mel holds values that are not numbers.")
        count += block.shape[1]
        yield block
    if not count:
        raise VocoderError("There is nothing to make sound of: the mel is empty.")


def _chunks(blocks: Iterator[Tensor]) -> Iterator[tuple[Tensor, bool]]:
    """Cuts the mel into chunks that carry their context frames, and says which is the last one."""
    held = torch.empty(0)
    need = _CHUNK + _AHEAD
    for block in blocks:
        held = torch.cat([held, block], dim=1) if held.numel() else block
        while held.shape[1] > need:
            yield held[:, :need], False
            held = held[:, need - _AHEAD - _BEHIND :]
            need = _BEHIND + _CHUNK + _AHEAD
    yield held, True


def _linear(mel: Tensor, mel_format: MelFormat) -> Tensor:
    """Linear mel, with what lies at the format's floor as true silence."""
    linear = mel.float().exp()
    return torch.where(linear > mel_format.floor * 1.001, linear, 0.0)


@lru_cache(maxsize=4)
def _shares(mel_format: MelFormat) -> Tensor:
    """How much each band has to say about each bin, `[bins, bands]`."""
    bank = filterbank(mel_format)
    return (bank / bank.sum(dim=0).clamp_min(1e-9)).T.contiguous()


def _with_mel(spectrum: Tensor, target: Tensor, mel_format: MelFormat) -> Tensor:
    """Scales the bins `[1, bins, frames]`, each by its bands' mean shortfall, so that the mel approaches `target`."""
    shortfall = target / (filterbank(mel_format) @ spectrum[0].abs()).clamp_min_(1e-7)
    return spectrum.mul_(_shares(mel_format) @ shortfall)


def _continuing(tail: _Tail | None, padded: Tensor, hop: int) -> Tensor:
    """Samples `[1, n]` that begin as the tail ends: what was given out, then its guess fading into `padded`."""
    if tail is None:
        return padded
    known, guess = len(tail.given), tail.guess[: _HANDOVER * hop]
    own = padded[0, known : known + len(guess)]
    handover = guess[: len(own)] + torch.linspace(0, 1, len(own)) * (own - guess[: len(own)])
    return torch.cat([tail.given, handover, padded[0, known + len(own) :]])[None]


def _first_guess(magnitude: Tensor, tail: _Tail | None, mel_format: MelFormat) -> Tensor:
    """Complex `[bins, frames]`: known phases where the tail gives them, steady partials' phases after that."""
    if tail is None:
        generator = torch.Generator().manual_seed(_PHASE_SEED)
        start = torch.rand(magnitude.shape[0], generator=generator) * 2 * math.pi
        return torch.polar(magnitude, _steady_phases(magnitude, start, mel_format))
    known = frames_stft(torch.cat([tail.given, tail.guess])[None], mel_format)[0].angle()[:, :_BEHIND]
    following = _steady_phases(magnitude[:, _BEHIND:], known[:, -1], mel_format)
    return torch.polar(magnitude, torch.cat([known, following], dim=1))


def _steady_phases(magnitude: Tensor, start: Tensor, mel_format: MelFormat) -> Tensor:
    """Phases `[bins, frames]` of partials that hold still: each peak advances by its own frequency, from `start` on.

    Around a peak the phase of a frame that begins at the partial's zero falls by π for each bin.
    """
    nearest, offset = _peaks(magnitude)
    bins = torch.arange(magnitude.shape[0])[:, None]
    advance = 2 * math.pi * mel_format.hop / mel_format.n_fft * (nearest + offset)
    around = math.pi * (nearest - bins)
    phases = torch.empty_like(magnitude)
    phase = start
    for frame in range(magnitude.shape[1]):
        phase = phase[nearest[:, frame]] + advance[:, frame] + around[:, frame]
        phase = torch.remainder(phase, 2 * math.pi)
        phases[:, frame] = phase
    return phases


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
