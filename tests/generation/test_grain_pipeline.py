"""Sounds of a model with recordings: with grain for any vocoder, without it as before; parts are those of the whole."""

from dataclasses import replace

import numpy as np
import pytest

from distill_app.generation.config import GenerationConfig, Mode
from distill_app.generation.loop_render import render_loop
from distill_app.generation.pipeline import GenerationPipeline
from distill_app.generation.preview import preview
from distill_app.grain.bank import GrainBank, encode_segment
from distill_app.models.model import DistillModel
from distill_app.vocoders import get_vocoder
from tests.grain.synthetic import RATE

CONFIG = GenerationConfig(seconds=2.0, sliders=(0.4, -0.3))


def render(model: DistillModel, vocoder: str, config: GenerationConfig = CONFIG) -> np.ndarray:
    return GenerationPipeline(model, get_vocoder(vocoder, model=model)).render(config).samples[0]


@pytest.mark.parametrize("mode", ["slider", "crossfade", "interpolate"])
@pytest.mark.parametrize("grain", [0.5, 1.0])
def test_the_grain_has_the_length_and_is_deterministic(grain_model: DistillModel, mode: Mode, grain: float) -> None:
    config = replace(CONFIG, mode=mode, grain=grain)
    samples = render(grain_model, "grain", config)
    assert samples.shape == (88_200,)
    assert np.abs(samples).max() > 0.01
    assert np.array_equal(samples, render(grain_model, "grain", config))


def test_without_grain_it_is_the_sound_of_before(grain_model: DistillModel, tiny_model: DistillModel) -> None:
    config = replace(CONFIG, grain=0.0)
    before = render(tiny_model, "built-in", config)
    assert np.array_equal(render(grain_model, "built-in", config), before)
    assert np.array_equal(render(grain_model, "grain", config), before), "the built-in vocoder plays instead"
    assert np.array_equal(render(tiny_model, "built-in", CONFIG), before), "a model without recordings has no grain"


@pytest.mark.parametrize("vocoder", ["griffin-lim", "built-in"])
def test_every_vocoder_gets_the_texture(grain_model: DistillModel, vocoder: str) -> None:
    assert not np.allclose(render(grain_model, vocoder), render(grain_model, vocoder, replace(CONFIG, grain=0.0)))


@pytest.mark.parametrize("grain", [0.5, 1.0])
@pytest.mark.parametrize("first", [0, 40, 100])
def test_a_preview_is_that_part_of_the_render(grain_model: DistillModel, grain: float, first: int) -> None:
    config = replace(CONFIG, grain=grain)
    pipeline = GenerationPipeline(grain_model, get_vocoder("grain", model=grain_model))
    piece = preview(pipeline, config, first, 30)[0]
    whole = render(grain_model, "grain", config)[first * 512 :][: len(piece)]
    gain = float(np.vdot(piece, whole) / np.vdot(piece, piece))  # pieces have a peak gain of their own
    np.testing.assert_allclose(piece * gain, whole, atol=2e-4)


def test_a_loop_has_the_length_and_no_fades(grain_model: DistillModel) -> None:
    loop = render_loop(GenerationPipeline(grain_model, get_vocoder("grain", model=grain_model)), CONFIG)[0]
    assert loop.shape == (88_200,)
    edge = np.abs(np.concatenate([loop[-200:], loop[:200]])).max()
    assert edge > 0.1 * np.abs(loop).max()


def test_damaged_recordings_leave_the_sound_without_grain(grain_model: DistillModel, tiny_model: DistillModel) -> None:
    assert grain_model.grain is not None
    first, *others = grain_model.grain.segments
    damaged = GrainBank((replace(first, flac=first.flac[:200]), *others), grain_model.grain.sample_rate)
    model = grain_model.with_grain(damaged)
    assert np.array_equal(render(model, "built-in"), render(tiny_model, "built-in"))


NOISE = 0.1 * np.random.default_rng(0).standard_normal(RATE).astype(np.float32)


@pytest.mark.parametrize("lead_frames", [0, 2])
@pytest.mark.parametrize(
    ("recordings", "is_audible"),
    [
        ([0 * NOISE], False),
        ([0 * NOISE, NOISE], True),
        ([NOISE] * 4, True),
        ([NOISE[:1]], True),
        ([NOISE[:800]] * 3, True),
    ],
    ids=["silent", "one silent", "identical", "one sample", "identical and shorter than a transform"],
)
def test_recordings_without_variety_are_played(
    tiny_model: DistillModel, recordings: list[np.ndarray], is_audible: bool, lead_frames: int
) -> None:
    onsets = (0,) if lead_frames else None
    bank = GrainBank(tuple(encode_segment("a.wav", each[None], RATE, onsets) for each in recordings), RATE)
    model = replace(tiny_model, header=replace(tiny_model.header, lead_frames=lead_frames)).with_grain(bank)
    samples = render(model, "grain", replace(CONFIG, drift=1.0))
    assert samples.shape == (88_200,)
    assert np.isfinite(samples).all()
    assert (np.abs(samples).max() > 1e-4) == is_audible
