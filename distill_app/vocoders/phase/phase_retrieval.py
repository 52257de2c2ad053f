"""Estimates samples with a given mel: fast Griffin-Lim at two rates.

Fast Griffin-Lim (Perraudin, Balazs & Søndergaard 2013) with three changes for mels:

* It starts from phases that fit the magnitudes (PGHI, `dsp.pghi`) instead of random ones.
* Each projection scales the estimate's own magnitudes until their mel is right, instead of imposing one magnitude
  estimated beforehand, which keeps level and noise.
* Most projections run on the lowest eighth of the spectrum, at an eighth of the rate. There the mel's bands are about
  as narrow as the bins of its STFT, so that it determines the phases. Further up it does not, and a few suffice, except
  for steady partials (`partials`).

    mel ─▶ magnitudes ─▶ PGHI ─▶ projections below 2.5 kHz, at 1/8 of the rate ─┐
     │                    └────▶ the bins above ────────────────────────────────┼▶ projections ─▶ samples
     └▶ steady partials above 2 kHz ────────────────────────────────────────────┘
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
from distill_app.dsp.pghi import pghi_phases
from distill_app.vocoders.phase.partials import find_partials
from distill_app.vocoders.phase.projections import ChunkState, Projections, SpectrumRate

HighBand = Callable[[Tensor], Tensor]
"""Log-mel `[bands, frames]` to a new complex spectrum `[frames, bins]`, used from `first_high_bin` on."""

_PHASE_SEED = 0
_LOW_RATE_HZ = 5_512
"""The low rate is at least this, and less than twice this."""
_LOW_MARGIN_BINS = 6
"""No mel band of the low rate reaches into so many bins below its Nyquist frequency."""
_CROSSOVER_HZ = (2_050.0, 2_480.0)
"""Between these the low estimate fades into the high band."""
_NOISE_HZ = 4_000.0
"""Above this, phases are random where no partial stands out."""


@dataclass(frozen=True)
class IterationBudget:
    """Number of iterations.

    Args:
        low: projections below 2.5 kHz.
        full: projections of the whole spectrum.
        inversion: iterations that estimate the first magnitudes.
    """

    low: int
    full: int
    inversion: int = ITERATIONS


@dataclass(frozen=True, eq=False)
class ChunkStates:
    """State that a chunk passes to the next one, at both rates."""

    full: ChunkState
    low: ChunkState


@dataclass(frozen=True, eq=False)
class Estimate:
    """Samples `[n]` at both rates, padding included."""

    full: Tensor
    low: Tensor

    def states(self, end_frame: int, frames: int, mel_format: MelFormat) -> ChunkStates:
        """State after `end_frame` frames were given out: the last `frames` of them, and the guess that follows."""
        hop, low_hop = mel_format.hop, mel_format.hop // _divisor(mel_format)
        return ChunkStates(
            _state(self.full, end_frame * hop, frames * hop), _state(self.low, end_frame * low_hop, frames * low_hop)
        )


def _state(samples: Tensor, end: int, length: int) -> ChunkState:
    return ChunkState(samples[end - length : end], samples[end:])


@lru_cache(maxsize=4)
@torch.inference_mode(False)
def _rates(mel_format: MelFormat) -> tuple[SpectrumRate, SpectrumRate]:
    """Full and low rate."""
    bank, divisor = filterbank(mel_format), _divisor(mel_format)
    bins = mel_format.n_fft // divisor // 2 + 1
    below = bank[:, bins - _LOW_MARGIN_BINS :].sum(dim=1) == 0
    return (
        SpectrumRate.from_mel_format(mel_format, 1, bank),
        SpectrumRate.from_mel_format(mel_format, divisor, bank[below, :bins]),
    )


def _divisor(mel_format: MelFormat) -> int:
    """Full rate divided by low rate: a power of two that divides the framing, 8 at 44.1 kHz."""
    divisor = 2 ** max(0, int(math.log2(mel_format.sample_rate / _LOW_RATE_HZ)))
    return math.gcd(divisor, mel_format.n_fft, mel_format.hop, mel_format.win)


def estimate(
    mel: Tensor,
    mel_format: MelFormat,
    budget: IterationBudget,
    states: ChunkStates | None,
    high_band: HighBand | None = None,
) -> Iterator["Estimate | None"]:
    """Estimate samples with the mel `[bands, frames]` that continue `states`.

    Yields None after each projection, and the estimate at the end.

    Args:
        high_band: spectrum above the crossover, estimated like the rest if None.
    """
    full, low = _rates(mel_format)
    full_state, low_state = (states.full, states.low) if states else (None, None)
    target = linear_mel(mel, mel_format).T.contiguous()
    low_target = target[:, : low.bands].contiguous()
    magnitude = _magnitudes(low_target if high_band else target, mel_format, low if high_band else full, budget)
    guess = _first_guess(magnitude, states, mel_format)
    below = Projections(guess[:, : low.bins] * (low.to_bands.sum(dim=1) > 0), low_target, low, low_state)
    yield from _iterate(below, budget.low)
    joined = _join_bands(below.spectrum, high_band(mel) if high_band else guess, mel_format)
    _put_partials(joined, target, full_state, mel_format)
    everything = Projections(joined, target, full, full_state)
    yield from _iterate(everything, budget.full)
    yield Estimate(everything.samples(), below.samples())


def _put_partials(spectrum: Tensor, target: Tensor, state: ChunkState | None, mel_format: MelFormat) -> None:
    """Put the steady partials of a linear mel `[frames, bands]` into a spectrum."""
    if (partials := find_partials(target, mel_format)) is not None:
        known = None if state is None else _known_phases(state, spectrum.shape[1], mel_format)
        partials.put_into(spectrum, known, mel_format)


def _iterate(projections: Projections, count: int) -> Iterator[None]:
    for _ in range(count):
        projections.advance()
        yield


def linear_mel(mel: Tensor, mel_format: MelFormat) -> Tensor:
    """Linear mel of a log-mel; values at the format's floor become 0."""
    values = mel.float().exp()
    return torch.where(values > mel_format.floor * 1.001, values, 0.0)


def first_high_bin(mel_format: MelFormat) -> int:
    """Lowest bin that the high band contributes to."""
    return _bin(_CROSSOVER_HZ[0], mel_format)


def _join_bands(low: Tensor, high: Tensor, mel_format: MelFormat) -> Tensor:
    """Spectrum `[frames, bins]` with `low` below the crossover and `high` above, in place of `high`."""
    first, last = (_bin(edge, mel_format) for edge in _CROSSOVER_HZ)
    bins = low.shape[1]
    weight = ((torch.arange(bins) - first) / (last - first)).clamp(0, 1)
    high[:, :bins] = low.lerp(high[:, :bins], weight.to(low.dtype))
    return high


def _magnitudes(target: Tensor, mel_format: MelFormat, rate: SpectrumRate, budget: IterationBudget) -> Tensor:
    """Magnitudes `[frames, bins]` up to the rate's Nyquist frequency, of a linear mel `[frames, bands]`."""
    return mel_to_magnitudes(target.T, mel_format, rate.bins, budget.inversion).T.contiguous()


def _first_guess(magnitude: Tensor, states: ChunkStates | None, mel_format: MelFormat) -> Tensor:
    """Complex spectrum `[frames, bins]`: phases of the samples before where there are any, likely ones after."""
    known = None if states is None else _known_phases(states.full, magnitude.shape[1], mel_format)
    phases = _likely_phases(magnitude, known, mel_format)
    if known is not None:
        phases[: len(known)] = known
    return torch.polar(magnitude, phases)


def _known_phases(state: ChunkState, bins: int, mel_format: MelFormat) -> Tensor:
    """Phases `[frames, bins]` of the frames that begin in the fixed samples."""
    before = len(state.fixed) // mel_format.hop
    return frames_stft(torch.cat([state.fixed, state.guess])[None], mel_format)[0, :bins, :before].T.angle()


def _likely_phases(magnitude: Tensor, known: Tensor | None, mel_format: MelFormat) -> Tensor:
    """Phases `[frames, bins]` by PGHI, but random ones above 4 kHz.

    The mel says too little of noise there. Phases that are integrated from it pulse with the frames.
    """
    generator = torch.Generator().manual_seed(_PHASE_SEED)
    phases = torch.rand(magnitude.T.shape, generator=generator).T * 2 * math.pi
    smooth = slice(_bin(_NOISE_HZ, mel_format))
    phases[:, smooth] = pghi_phases(magnitude[:, smooth], mel_format, None if known is None else known[:, smooth])
    return phases


def _bin(frequency_hz: float, mel_format: MelFormat) -> int:
    return round(frequency_hz * mel_format.n_fft / mel_format.sample_rate)
