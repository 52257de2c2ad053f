"""Projections equal a plain implementation by STFT, inverse STFT and mel."""

import pytest
import torch
from torch import Tensor

from distill_app.dsp.istft import inverse_stft
from distill_app.dsp.mel import filterbank, frames_stft
from distill_app.dsp.mel_format import DISTILL_MEL
from distill_app.vocoders.phase.projections import ChunkState, Projections, SpectrumRate

FRAMES = 24
DIVISORS = [1, 8]


def _rate(divisor: int) -> SpectrumRate:
    return SpectrumRate.from_mel_format(
        DISTILL_MEL, divisor, filterbank(DISTILL_MEL)[: 128 // divisor, : 1_024 // divisor + 1]
    )


def _noise(rate: SpectrumRate) -> tuple[Tensor, Tensor]:
    """Inconsistent spectrum `[frames, bins]`, and a mel `[frames, bands]`."""
    torch.manual_seed(0)
    return torch.randn(FRAMES, rate.bins, dtype=torch.complex64), torch.rand(FRAMES, rate.bands)


def _inverse(spectrum: Tensor, rate: SpectrumRate) -> Tensor:
    return inverse_stft(spectrum.T[None], rate)[0]


def _reference(spectrum: Tensor, target: Tensor, rate: SpectrumRate, count: int) -> Tensor:
    """Plain implementation of fast Griffin-Lim."""
    previous = None
    for _ in range(count):
        consistent = frames_stft(_inverse(spectrum, rate)[None], rate)[0].T
        moved = consistent if previous is None else consistent + 0.99 * (consistent - previous)
        shortfall = target / (moved.abs() @ rate.to_bands).clamp_min(1e-7)
        spectrum, previous = moved * (shortfall @ rate.to_bins), consistent
    return spectrum


@pytest.mark.parametrize("divisor", DIVISORS)
@pytest.mark.parametrize("count", [0, 1, 2, 5])
def test_projections_are_the_stft_and_its_inverse(divisor: int, count: int) -> None:
    rate = _rate(divisor)
    spectrum, target = _noise(rate)
    wanted = _reference(spectrum, target, rate, count)
    projections = Projections(spectrum.clone(), target, rate)
    for _ in range(count):
        projections.advance()
    assert (projections.spectrum - wanted).norm() < 1e-5 * wanted.norm()
    samples = _inverse(wanted, rate)
    assert (projections.samples() - samples).norm() < 1e-5 * samples.norm()


@pytest.mark.parametrize("divisor", DIVISORS)
def test_samples_asked_for_twice_are_the_same(divisor: int) -> None:
    rate = _rate(divisor)
    projections = Projections(*_noise(rate), rate)
    first = projections.samples().clone()
    assert torch.equal(projections.samples(), first)


def test_returned_samples_are_kept_and_their_estimate_fades_out() -> None:
    rate = _rate(8)
    given, guess = torch.full((8 * 64,), 2.0), torch.full((10 * 64,), 3.0)
    samples = Projections(*_noise(rate), rate, ChunkState(given, guess)).samples()
    own = Projections(*_noise(rate), rate).samples()
    assert torch.equal(samples[: 8 * 64], given)
    assert samples[8 * 64] == 3.0
    assert torch.equal(samples[12 * 64 :], own[12 * 64 :])


def test_a_guess_longer_than_the_sound_ends_with_it() -> None:
    """The last chunk of a mel may be shorter than the handover."""
    rate = _rate(8)
    spectrum, target = _noise(rate)
    state = ChunkState(torch.zeros(2 * 64), torch.ones(10 * 64))
    short = Projections(spectrum[:1].contiguous(), target[:1].contiguous(), rate, state).samples()
    assert len(short) == 256
    assert short[2 * 64] == 1.0


def test_the_mel_comes_close_to_its_target() -> None:
    rate = _rate(8)
    samples = 0.1 * torch.randn(1, 64 * FRAMES + 192, generator=torch.Generator().manual_seed(1))
    target = frames_stft(samples, rate)[0].T.abs() @ rate.to_bands
    projections = Projections(_noise(rate)[0], target, rate)
    errors = []
    for _ in range(20):
        projections.advance()
        heard = frames_stft(projections.samples()[None], rate)[0].T.abs() @ rate.to_bands
        errors.append(float((heard - target).norm() / target.norm()))
    assert errors[-1] < 0.5 * errors[0]
