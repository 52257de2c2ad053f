"""Samples whose mel is the one asked for: fast Griffin-Lim at two rates.

Fast Griffin-Lim (Perraudin, Balazs & Søndergaard 2013) with three changes for mels. It starts from the phases that
steady partials would have instead of random ones, which keeps the pitch. Each projection scales the estimate's own
magnitudes until their *mel* is right, instead of imposing one magnitude guessed beforehand, which keeps level and
noise. And most projections run on the lowest eighth of the spectrum alone, at an eighth of the rate: there the mel's
bands are about as narrow as the bins of its STFT, so that it tells the phases to who looks long enough; further up it
does not, and a few projections say all there is to say.

    mel ─▶ magnitudes ─▶ steady phases ─▶ projections below 2.5 kHz, at 1/8 of the rate ─┐
                                      └─▶ the bins above ────────────────────────────────┴▶ projections ─▶ samples
"""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache

import torch
from torch import Tensor

from distill_app.dsp.mel import filterbank, frames_stft
from distill_app.dsp.mel_format import MelFormat
from distill_app.dsp.mel_inversion import ITERATIONS, mel_to_magnitudes
from distill_app.dsp.spsi import spsi_phases
from distill_app.vocoders.phase.projections import ChunkState, Projections, SpectrumRate

HighBand = Callable[[Tensor], Tensor]
"""A log-mel `[bands, frames]` to a new complex spectrum `[frames, bins]`, believed from `first_high_bin` on."""

_PHASE_SEED = 0
_LOW_RATE_HZ = 5_512
"""The low rate lies above it, and below its double."""
_LOW_MARGIN = 6  # bins below the low rate's Nyquist frequency that no band may reach into
_SEAM_HZ = (2_050.0, 2_480.0)
"""Between these the low estimate gives way to the first guess."""
_NOISY_HZ = 4_000.0


@dataclass(frozen=True)
class IterationBudget:
    """How many projections: below 2.5 kHz, and of everything after that; and how many iterations before the first."""

    low: int
    full: int
    inversion: int = ITERATIONS


@dataclass(frozen=True, eq=False)
class ChunkStates:
    full: ChunkState
    low: ChunkState


@dataclass(frozen=True, eq=False)
class Estimate:
    """Samples `[n]` at both rates, padding included."""

    full: Tensor
    low: Tensor

    def states(self, end_frame: int, frames: int, mel_format: MelFormat) -> ChunkStates:
        """Where the sound is given out up to `end_frame`: the last `frames` before it, and what follows."""
        hop, low_hop = mel_format.hop, mel_format.hop // _divisor(mel_format)
        return ChunkStates(
            _state(self.full, end_frame * hop, frames * hop), _state(self.low, end_frame * low_hop, frames * low_hop)
        )


def _state(samples: Tensor, end: int, length: int) -> ChunkState:
    return ChunkState(samples[end - length : end], samples[end:])


@lru_cache(maxsize=4)
@torch.inference_mode(False)
def _rates(mel_format: MelFormat) -> tuple[SpectrumRate, SpectrumRate]:
    """The full one and the low one."""
    bank, divisor = filterbank(mel_format), _divisor(mel_format)
    bins = mel_format.n_fft // divisor // 2 + 1
    below = bank[:, bins - _LOW_MARGIN :].sum(dim=1) == 0
    return SpectrumRate.of(mel_format, 1, bank), SpectrumRate.of(mel_format, divisor, bank[below, :bins])


def _divisor(mel_format: MelFormat) -> int:
    """How many times slower the low rate is: a power of two, 8 at 44.1 kHz, that leaves the framing whole numbers."""
    slower = 2 ** max(0, int(math.log2(mel_format.sample_rate / _LOW_RATE_HZ)))
    return math.gcd(slower, mel_format.n_fft, mel_format.hop, mel_format.win)


def estimate(
    mel: Tensor,
    mel_format: MelFormat,
    budget: IterationBudget,
    states: ChunkStates | None,
    high_band: HighBand | None = None,
) -> Iterator["Estimate | None"]:
    """Samples whose mel comes close to `mel` `[bands, frames]` and which continue `states`.

    Yields None after each projection, and the estimate at the end. Where no `high_band` is given, it is guessed.
    """
    full, low = _rates(mel_format)
    full_tail, low_tail = (states.full, states.low) if states else (None, None)
    target = linear_mel(mel, mel_format).T.contiguous()
    low_target = target[:, : low.bands].contiguous()
    magnitude = _magnitudes(low_target if high_band else target, mel_format, low if high_band else full, budget)
    guess = _first_guess(magnitude, states, mel_format)
    below = Projections(guess[:, : low.bins] * (low.to_bands.sum(dim=1) > 0), low_target, low, low_tail)
    yield from _projected(below, budget.low)
    seamed = _seamed(below.spectrum, high_band(mel) if high_band else guess, mel_format)
    everything = Projections(seamed, target, full, full_tail)
    yield from _projected(everything, budget.full)
    yield Estimate(everything.samples(), below.samples())


def _projected(projections: Projections, count: int) -> Iterator[None]:
    for _ in range(count):
        projections.advance()
        yield


def linear_mel(mel: Tensor, mel_format: MelFormat) -> Tensor:
    """Linear mel, with what lies at the format's floor as true silence."""
    values = mel.float().exp()
    return torch.where(values > mel_format.floor * 1.001, values, 0.0)


def first_high_bin(mel_format: MelFormat) -> int:
    """The lowest bin of which anything but the low estimate is heard."""
    return _bin(_SEAM_HZ[0], mel_format)


def _seamed(low: Tensor, guess: Tensor, mel_format: MelFormat) -> Tensor:
    """The low estimate below, the guess above: `[frames, bins]`, which is written over."""
    first, last = (_bin(edge, mel_format) for edge in _SEAM_HZ)
    bins = low.shape[1]
    upper = ((torch.arange(bins) - first) / (last - first)).clamp(0, 1)
    guess[:, :bins] = low.lerp(guess[:, :bins], upper.to(low.dtype))
    return guess


def _magnitudes(target: Tensor, mel_format: MelFormat, rate: SpectrumRate, budget: IterationBudget) -> Tensor:
    """`[frames, bins]`, as far up as `rate` goes, of a linear mel `[frames, bands]`."""
    return mel_to_magnitudes(target.T, mel_format, rate.bins, budget.inversion).T.contiguous()


def _first_guess(magnitude: Tensor, states: ChunkStates | None, mel_format: MelFormat) -> Tensor:
    """Complex `[frames, bins]`: known phases where the tail gives them, likely ones after."""
    bins = magnitude.shape[1]
    generator = torch.Generator().manual_seed(_PHASE_SEED)
    if states is None:
        start = torch.rand(bins, generator=generator) * 2 * math.pi
        return torch.polar(magnitude, _likely_phases(magnitude, start, mel_format, generator))
    state = states.full
    behind = len(state.given) // mel_format.hop
    known = frames_stft(torch.cat([state.given, state.guess])[None], mel_format)[0, :bins, :behind].T.angle()
    following = _likely_phases(magnitude[behind:], known[-1], mel_format, generator)
    return torch.polar(magnitude, torch.cat([known, following]))


def _likely_phases(magnitude: Tensor, start: Tensor, mel_format: MelFormat, generator: torch.Generator) -> Tensor:
    """Phases `[frames, bins]` of steady partials, but random ones above 4 kHz where none stands out.

    Noise that begins as a chord of steady partials keeps its beating: its envelope flutters more than it should.
    """
    phases, noisy = spsi_phases(magnitude, start, mel_format), _bin(_NOISY_HZ, mel_format)
    if magnitude.shape[1] > noisy:
        drawn = torch.rand(magnitude.T.shape, generator=generator).T * 2 * math.pi
        partial = _near(_standing_out(magnitude))
        phases[:, noisy:] = torch.where(partial, phases, drawn)[:, noisy:]
    return phases


def _standing_out(magnitude: Tensor) -> Tensor:
    """Which bins are twice as strong as the mean of the 33 around them."""
    surroundings = torch.nn.functional.avg_pool1d(magnitude, 33, 1, 16, count_include_pad=False)
    return magnitude > 2 * surroundings


def _near(bins: Tensor) -> Tensor:
    """Those bins and their neighbours."""
    return torch.nn.functional.max_pool1d(bins.float(), 3, 1, 1) > 0


def _bin(hertz: float, mel_format: MelFormat) -> int:
    return round(hertz * mel_format.n_fft / mel_format.sample_rate)
