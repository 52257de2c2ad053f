"""Augmentations change pitch, tempo and tilt by the stated amounts."""

import math

import numpy as np
import torch

from distill_app.dsp.mel import band_centres_hz, to_mel
from distill_app.dsp.mel_format import DISTILL_MEL
from distill_app.training.vae.augment import NATS_PER_DB, PitchWarp, random_tilts, time_stretch

RATE = DISTILL_MEL.sample_rate


def tone(hz: float) -> torch.Tensor:
    """Log-mel `[1, bands, 128]` of a sine."""
    return to_mel(0.3 * torch.sin(2 * math.pi * hz * torch.arange(128 * 512) / RATE))[None]


def loudest(mel: torch.Tensor) -> int:
    return int(mel[0, :, 64].argmax())


def test_the_centre_of_a_band_is_where_a_tone_is_loudest_in_it() -> None:
    centres = band_centres_hz(DISTILL_MEL)
    assert all(loudest(tone(float(centres[band]))) == band for band in (20, 50, 90, 120))
    assert bool((centres.diff() > 0).all())


def test_an_octave_up_moves_440_hz_to_880_hz() -> None:
    warp = PitchWarp(DISTILL_MEL, 12.0)
    up, same, down = (warp(tone(440.0), torch.tensor([step])) for step in (40, 20, 0))
    assert abs(loudest(up) - loudest(tone(880.0))) <= 1
    assert abs(loudest(down) - loudest(tone(220.0))) <= 1
    torch.testing.assert_close(same, tone(440.0))


def test_most_windows_are_transposed_and_each_by_its_own_step() -> None:
    steps = PitchWarp(DISTILL_MEL, 5.0).sample_steps(400, 0.7, torch.Generator().manual_seed(0))
    assert 0.6 < float((steps != 20).float().mean()) < 0.8
    assert set(steps.tolist()) == set(range(41))


def test_a_stretched_mel_goes_through_the_same_values() -> None:
    ramp = torch.arange(100.0).expand(4, 100)
    longer = time_stretch(ramp, 128)
    assert longer.shape == (4, 128)
    np.testing.assert_allclose(longer[0, 10:-10].diff(), 100 / 128, rtol=1e-3)
    assert torch.equal(time_stretch(ramp, 100), ramp)


def test_a_tilt_is_smooth_and_of_the_size_asked_for() -> None:
    curves = random_tilts(500, 128, 3.0, torch.Generator().manual_seed(0))[:, :, 0] / NATS_PER_DB
    assert 1.5 < float(curves.std()) < 3.5
    assert float(curves.diff(dim=1).abs().max()) < 0.1 * float(curves.abs().max())
