"""Frames that would exceed the recordings' peak are turned down, alike wherever a render begins."""

import numpy as np
import pytest
import torch

from distill_app.dsp.mel_format import DISTILL_MEL
from distill_app.generation.config import STRETCH_FRAMES
from distill_app.generation.hit_texture import HitTexture, hits_of
from distill_app.generation.limited_texture import LimitedTexture
from distill_app.generation.mel_windows import MelWindows
from distill_app.generation.texture import WalkTexture
from distill_app.grain.blocks import synthesize
from distill_app.grain.source import GrainSource
from distill_app.models.window import REPEAT_FRAMES, WINDOW_FRAMES

RATE, CEILING = DISTILL_MEL.sample_rate, 0.5


@pytest.fixture(scope="module")
def source() -> GrainSource:
    """Noise whose peaks differ, and a decaying hit of it."""
    random, time = np.random.default_rng(0), np.arange(4 * RATE) / RATE
    swell = 0.04 * (1 + 0.8 * np.sin(5 * time)) * random.standard_normal(len(time))
    hit = 0.2 * np.exp(-6 * time[:RATE]) * random.standard_normal(RATE)
    return GrainSource.of_samples(
        [swell.astype(np.float32)[None], hit.astype(np.float32)[None]], DISTILL_MEL, [(), (0,)]
    )


def limited(source: GrainSource, louder: float, ceiling: float = CEILING) -> LimitedTexture:
    windows = MelWindows.repeated(source.mel[:, 40 : 40 + WINDOW_FRAMES] + louder, REPEAT_FRAMES)
    return LimitedTexture(WalkTexture(source, 0, windows), source, ceiling, hits=False)


def peak(source: GrainSource, texture: LimitedTexture, frames: int = 400) -> float:
    samples = torch.cat(list(synthesize(source.spectra, [texture.shaped(0, frames)], DISTILL_MEL)), 1)
    return float(samples.abs().max())


def test_a_sound_that_would_be_too_loud_comes_near_the_ceiling(source: GrainSource) -> None:
    assert peak(source, limited(source, 2.0, ceiling=10.0)) > 2 * CEILING
    assert 0.6 * CEILING < peak(source, limited(source, 2.0)) < 1.3 * CEILING


def test_a_soft_sound_stays_as_it_is(source: GrainSource) -> None:
    texture = limited(source, -1.0)
    block, plain = texture.shaped(0, 200), texture._texture.shaped(0, 200)
    assert torch.equal(block.mel, plain.mel)


@pytest.mark.parametrize("start", [300, STRETCH_FRAMES - 20])
def test_the_gain_is_the_same_wherever_a_render_begins(source: GrainSource, start: int) -> None:
    whole = limited(source, 2.0).shaped(start - 200, start + 60)
    part = limited(source, 2.0).shaped(start, start + 60)
    assert whole.gains.std() > 0
    torch.testing.assert_close(part.gains, whole.gains[:, 200:], atol=1e-5, rtol=0)


def test_a_hit_has_one_gain(source: GrainSource) -> None:
    window = source.mel_at(torch.arange(WINDOW_FRAMES) * DISTILL_MEL.hop + source.onsets[0] - 1_088) + 2.0
    hit = HitTexture(source, hits_of(source), 0, MelWindows.repeated(window, REPEAT_FRAMES), 0)
    texture = LimitedTexture(hit, source, CEILING, hits=True)
    lower = texture.shaped(0, 100).gains - hit.shaped(0, 100).gains
    assert float(lower.max()) == pytest.approx(float(lower.min()), abs=1e-5)
    assert float(lower.max()) < -0.1
    assert 0.6 * CEILING < peak(source, texture, 100) < 1.3 * CEILING
