"""A tone is heard with every vocoder, is the same in preview and render, and changes nothing at rest."""

from dataclasses import replace

import numpy as np
import pytest

from distill_app.generation.config import GenerationConfig
from distill_app.generation.pipeline import GenerationPipeline
from distill_app.generation.preview import preview
from distill_app.grain.bank import GrainBank, encode_segment
from distill_app.models.model import DistillModel
from distill_app.tone.tone import TONE_CONTROLS, Tone
from distill_app.vocoders import get_vocoder

RATE = 44_100
CONFIG = GenerationConfig(seconds=2.5, sliders=(0.4, -0.3))
CONTROLS = [each.id for each in TONE_CONTROLS]


def pipeline_of(model: DistillModel, vocoder: str) -> GenerationPipeline:
    return GenerationPipeline(model, get_vocoder(vocoder, model=model))


def frequency(samples: np.ndarray) -> float:
    size = 2**19
    return float(np.abs(np.fft.rfft(samples * np.hanning(len(samples)), size)).argmax() * RATE / size)


@pytest.mark.parametrize("control", CONTROLS)
@pytest.mark.parametrize("first", [0, 70])
def test_a_preview_is_that_part_of_the_render(grain_model: DistillModel, control: str, first: int) -> None:
    pipeline = pipeline_of(grain_model, "grain")
    for value in (-1.0, 1.0):
        config = replace(CONFIG, tone=Tone().with_value(control, value))
        piece = preview(pipeline, config, first, 40)[0]
        whole = pipeline_of(grain_model, "grain").render(config).samples[0, first * 512 :][: len(piece)]
        np.testing.assert_allclose(piece, whole, atol=1e-4)


@pytest.mark.parametrize("control", CONTROLS)
def test_a_preview_without_recordings_is_that_part_of_the_mel(tiny_model: DistillModel, control: str) -> None:
    pipeline = pipeline_of(tiny_model, "built-in")
    config = replace(CONFIG, tone=Tone().with_value(control, 0.8))
    samples = preview(pipeline, config, 60, 30)
    assert samples.shape == (1, 30 * 512)
    assert np.isfinite(samples).all()
    assert not np.allclose(samples, preview(pipeline, CONFIG, 60, 30), atol=1e-4)


@pytest.mark.parametrize("vocoder", ["grain", "built-in", "griffin-lim"])
@pytest.mark.parametrize("control", [each for each in CONTROLS if each != "attack"])
def test_every_slider_is_heard_with_every_vocoder(grain_model: DistillModel, vocoder: str, control: str) -> None:
    pipeline = pipeline_of(grain_model, vocoder)
    plain = pipeline.render(CONFIG).samples
    changed = pipeline.render(replace(CONFIG, tone=Tone().with_value(control, -0.8))).samples
    assert changed.shape == plain.shape
    assert np.square(changed - plain).sum() > 1e-4 * np.square(plain).sum()


def test_a_neutral_tone_is_the_sound_itself(grain_model: DistillModel) -> None:
    pipeline = pipeline_of(grain_model, "grain")
    neutral = replace(CONFIG, tone=Tone(modulation_rate=9.0))
    assert np.array_equal(pipeline.render(neutral).samples, pipeline.render(CONFIG).samples)


@pytest.mark.parametrize("semitones", [-12, -7, 5, 12])
def test_the_grain_is_transposed_in_tune(grain_model: DistillModel, semitones: int) -> None:
    sine = 0.3 * np.sin(2 * np.pi * 330 * np.arange(4 * RATE) / RATE)
    bank = GrainBank((encode_segment("sine.wav", sine[None].astype(np.float32), RATE),), RATE)
    pipeline = pipeline_of(grain_model.with_grain(bank), "grain")
    changed = pipeline.render(replace(CONFIG, tone=Tone(pitch=semitones / 12))).samples[0]
    assert 12 * np.log2(frequency(changed) / 330) == pytest.approx(semitones, abs=0.05)


def test_a_part_from_the_middle_has_the_same_tone(grain_model: DistillModel) -> None:
    tone = Tone(pitch=0.3, noisiness=0.5, motion=0.4, modulation=0.6, brightness=-0.5)
    pipeline = pipeline_of(grain_model, "grain")
    config = replace(CONFIG, seconds=6.0, tone=tone)
    whole = pipeline.render(config).samples[0]
    part = pipeline.render(config.part(200, 2.0)).samples[0]
    np.testing.assert_allclose(part[200:-200], whole[200 * 512 :][: len(part)][200:-200], atol=1e-4)
