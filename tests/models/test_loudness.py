"""Levels estimated from a mel, and the ceiling that limits them."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from distill_app.dsp.mel import to_mel
from distill_app.dsp.mel_format import DISTILL_MEL
from distill_app.models.loudness import frame_levels, limit_level
from distill_app.models.model import DistillModel

RATE = DISTILL_MEL.sample_rate


def _mel(samples: np.ndarray) -> torch.Tensor:
    return to_mel(samples.astype(np.float32), DISTILL_MEL)


def _sine(hertz: float, peak: float) -> np.ndarray:
    return peak * np.sin(2 * np.pi * hertz * np.arange(RATE) / RATE)


@pytest.mark.parametrize("peak", [1.0, 0.1])
@pytest.mark.parametrize("hertz", [110.0, 440.0, 2000.0])
def test_the_level_of_a_sine_is_estimated(hertz: float, peak: float) -> None:
    level = frame_levels(_mel(_sine(hertz, peak))[None], DISTILL_MEL)[0, 5:-5].mean().item()
    assert level == pytest.approx(20 * np.log10(peak) - 3.01, abs=3.5)


def test_the_level_of_noise_is_estimated() -> None:
    noise = 0.1 * np.random.default_rng(0).standard_normal(RATE)
    level = frame_levels(_mel(noise)[None], DISTILL_MEL)[0, 5:-5].mean().item()
    assert level == pytest.approx(-20, abs=1.5)


def test_only_windows_over_the_ceiling_are_attenuated() -> None:
    mel = torch.stack([_mel(_sine(440.0, 0.1)), _mel(_sine(440.0, 0.1)) + 10])
    under = limit_level(mel, DISTILL_MEL, -10.0)
    assert torch.equal(under[0], mel[0])
    assert frame_levels(under, DISTILL_MEL)[1].max().item() == pytest.approx(-10.0, abs=0.01)
    shift = under[1] - mel[1]
    assert torch.allclose(shift, shift.mean().expand_as(shift), atol=1e-5)


def test_a_damaged_files_numbers_stay_under_the_ceiling_too(tiny_model: DistillModel) -> None:
    """At such magnitudes the steps of single precision are a thousand nats."""
    hostile = replace(tiny_model, mean=torch.full((128,), 1e10), std=torch.full((128,), 0.5))
    mel = hostile.decode(torch.randn(4, 4, generator=torch.Generator().manual_seed(0)))
    assert frame_levels(mel, DISTILL_MEL).max().item() <= hostile.header.ceiling_dbfs + 0.01


def test_a_window_hardly_over_the_ceiling_is_attenuated() -> None:
    mel = _mel(_sine(440.0, 0.1))[None]
    over = 0.005
    ceiling = frame_levels(mel.double(), DISTILL_MEL).max().item() - over
    under = limit_level(mel, DISTILL_MEL, ceiling)
    assert frame_levels(under.double(), DISTILL_MEL).max().item() == pytest.approx(ceiling, abs=0.2 * over)
    assert limit_level(mel, DISTILL_MEL, ceiling + 1.0) is mel
