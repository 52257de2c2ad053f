"""Phases that belong to magnitudes."""

import math

import pytest
import torch
from torch import Tensor

from distill_app.dsp import DISTILL_MEL
from distill_app.dsp.mel import frames_stft
from distill_app.dsp.pghi import pghi_phases

HOP, RATE = DISTILL_MEL.hop, DISTILL_MEL.sample_rate


def _spectrum(samples: Tensor) -> Tensor:
    """Bins below 2 kHz, `[frames, bins]`."""
    return frames_stft(samples[None], DISTILL_MEL)[0, :93].T


def _tone(hertz: float, frames: int = 24) -> Tensor:
    return torch.sin(2 * math.pi * hertz * torch.arange(frames * HOP) / RATE)


def _worst_error(found: Tensor, spectrum: Tensor) -> float:
    """Largest error in rad where the spectrum is strong, apart from what is common to all phases."""
    strong = spectrum.abs() > 0.3 * spectrum.abs().max()
    turns = torch.polar(torch.ones_like(found), found - spectrum.angle())[strong]
    return float((turns / turns.mean()).angle().abs().max())


@pytest.mark.parametrize("hertz", [220.0, 777.7, 1_500.0])
def test_a_tone_has_the_phases_of_its_stft(hertz: float) -> None:
    spectrum = _spectrum(_tone(hertz))
    assert _worst_error(pghi_phases(spectrum.abs(), DISTILL_MEL), spectrum) < 0.1


@pytest.mark.parametrize("place", [4_900, 5_200, 5_500])
def test_a_click_is_where_it_was(place: int) -> None:
    click = torch.zeros(24 * HOP)
    click[place - 40 : place + 41] = torch.hann_window(81, periodic=False)
    magnitude = _spectrum(click).abs()
    frame = int(magnitude[:, 0].argmax())
    steps = pghi_phases(magnitude, DISTILL_MEL).diff(dim=1)[frame, 4:40]
    delay = torch.remainder(-steps, 2 * math.pi) * DISTILL_MEL.n_fft / (2 * math.pi)
    assert float((delay + frame * HOP - place).abs().median()) < 48


def test_known_phases_stay_and_are_continued() -> None:
    spectrum = _spectrum(_tone(440.0))
    known = spectrum.angle()[:6]
    found = pghi_phases(spectrum.abs(), DISTILL_MEL, known)
    assert torch.allclose(torch.polar(torch.ones(1), found[:6] - known).real, torch.ones(1))
    strong = spectrum.abs() > 0.3 * spectrum.abs().max()
    assert float(torch.polar(torch.ones(1), found - spectrum.angle()).real[strong].min()) > 0.99


def test_silence_has_phases_too() -> None:
    assert torch.isfinite(pghi_phases(torch.zeros(9, 20), DISTILL_MEL)).all()
