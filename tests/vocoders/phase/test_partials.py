"""Steady partials of a mel."""

import math

import numpy as np
import pytest
import torch
from torch import Tensor

from distill_app.dsp import DISTILL_MEL, MelFormat, to_mel
from distill_app.vocoders.phase.partials import find_partials
from distill_app.vocoders.phase.phase_retrieval import linear_mel

RATE, SECOND = DISTILL_MEL.sample_rate, torch.arange(DISTILL_MEL.sample_rate)


def _target(samples: Tensor, mel_format: MelFormat = DISTILL_MEL) -> Tensor:
    return linear_mel(to_mel(samples, mel_format), mel_format).T.contiguous()


def _tone(hertz: float, level: float = 0.3) -> Tensor:
    return level * torch.sin(2 * math.pi * hertz * SECOND / RATE)


@pytest.mark.parametrize("hertz", [2_345.0, 3_000.0, 5_000.0, 8_000.0, 15_000.0])
def test_a_tone_is_found_to_two_cents_and_half_a_decibel(hertz: float) -> None:
    partials = find_partials(_target(_tone(hertz)), DISTILL_MEL)
    assert partials is not None
    assert partials.present.sum() >= 75  # nearly all of 86 frames
    assert len(np.unique(np.nonzero(partials.present)[1])) == 1
    found = partials.bins[partials.present] * RATE / DISTILL_MEL.n_fft
    assert np.abs(1_200 * np.log2(found / hertz)).max() < 2
    peak = 0.3 * DISTILL_MEL.n_fft / 4
    assert np.abs(20 * np.log10(partials.peaks[partials.present] / peak)).max() < 0.4


def test_a_tone_in_soft_noise_leaves_the_noise_around_it() -> None:
    noise = 0.001 * torch.randn(len(SECOND), generator=torch.Generator().manual_seed(0))
    target = _target(_tone(5_000.0) + noise)
    partials = find_partials(target, DISTILL_MEL)
    assert partials is not None
    spectrum = torch.full((len(target), 1_025), 1.0, dtype=torch.complex64)
    partials.put_into(spectrum, None, DISTILL_MEL)
    middle = spectrum[40].abs()
    assert middle[:200].eq(1).all()
    assert middle[300:].eq(1).all()
    assert 0.01 < middle[[228, 236]].mean() < 0.1  # noise of 0.001 has 0.03
    assert middle[232] > 100


def test_two_octaves_of_noise_have_no_partials() -> None:
    noise = torch.randn(4 * RATE, generator=torch.Generator().manual_seed(0))
    partials = find_partials(_target(noise), DISTILL_MEL)
    assert partials is None or partials.present.sum() < 4


def test_silence_has_no_partials() -> None:
    assert find_partials(_target(torch.zeros(RATE)), DISTILL_MEL) is None


def test_a_format_that_ends_below_two_kilohertz_has_no_partials() -> None:
    low = MelFormat(4_000, 256, 64, 256, 20)
    assert find_partials(_target(_tone(300.0), low), low) is None
