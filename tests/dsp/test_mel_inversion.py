"""Magnitudes of a mel."""

import math

import torch

from distill_app.dsp import DISTILL_MEL, to_mel
from distill_app.dsp.istft import inverse_stft
from distill_app.dsp.mel import filterbank, stft
from distill_app.dsp.mel_inversion import mel_to_magnitudes


def test_the_magnitudes_are_not_negative_and_have_the_mel() -> None:
    samples = 0.1 * torch.randn(44_100, generator=torch.Generator().manual_seed(0))
    mel = to_mel(samples).exp()
    found = mel_to_magnitudes(mel, DISTILL_MEL)
    assert (found >= 0).all()
    assert (filterbank(DISTILL_MEL) @ found - mel).norm() / mel.norm() < 0.03  # the projections see to the rest


def test_a_partial_is_found_between_bins() -> None:
    """The lobe of a 331 Hz tone (bin 15.37) comes back with its true shape, not smeared over its bands."""
    samples = 0.5 * torch.sin(2 * math.pi * 331 * torch.arange(44_100) / 44_100)
    true = stft(samples[None], DISTILL_MEL)[0].abs()[:, 40]
    found = mel_to_magnitudes(to_mel(samples).exp(), DISTILL_MEL)[:, 40]
    assert (found[10:21] - true[10:21]).norm() / true[10:21].norm() < 0.1


def test_the_inverse_stft_gives_the_samples_back() -> None:
    samples = torch.randn(1, 512 * 40, generator=torch.Generator().manual_seed(0))
    back = inverse_stft(stft(samples, DISTILL_MEL), DISTILL_MEL)[:, DISTILL_MEL.padding : -DISTILL_MEL.padding]
    assert (back - samples).abs().max() < 1e-5
