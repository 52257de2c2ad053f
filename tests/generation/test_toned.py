"""A tone is heard with every vocoder, is the same in preview and render, and changes nothing at rest."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from distill_app.dsp.mel_format import DISTILL_MEL
from distill_app.generation import stretched_texture
from distill_app.generation.config import GenerationConfig, Move
from distill_app.generation.pipeline import GenerationPipeline
from distill_app.generation.preview import preview
from distill_app.generation.stretched_texture import Pace
from distill_app.grain.alignment import quick_shift
from distill_app.grain.bank import GrainBank, encode_segment
from distill_app.grain.blocks import GrainBlock, synthesize
from distill_app.grain.source import GrainSource
from distill_app.grain.start import modelled_start
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
    for value in (-1.0, 1.0)[control == "attack" :]:
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


def clicking_model(model: DistillModel) -> DistillModel:
    """Model whose recording is a tone of 330 Hz, struck four times a second."""
    time = np.arange(8 * RATE) / RATE
    struck = 0.3 * np.sin(2 * np.pi * 330 * time) * np.exp(-12 * (time % 0.25))
    return model.with_grain(GrainBank((encode_segment("clicks.wav", struck[None].astype(np.float32), RATE),), RATE))


@pytest.mark.parametrize(("speed", "strikes_a_second"), [(-0.5, 2.0), (0.0, 4.0), (0.5, 8.0)])
def test_speed_changes_the_pace_and_not_the_pitch(
    grain_model: DistillModel, speed: float, strikes_a_second: float
) -> None:
    pipeline = pipeline_of(clicking_model(grain_model), "grain")
    samples = pipeline.render(replace(CONFIG, seconds=4.0, tone=Tone(speed=speed))).samples[0]
    assert 12 * np.log2(frequency(samples) / 330) == pytest.approx(0, abs=0.3)
    envelope = np.abs(samples[: len(samples) // 441 * 441]).reshape(-1, 441).max(1)
    spectrum = np.abs(np.fft.rfft((envelope - envelope.mean()) * np.hanning(len(envelope)), 8_192))
    assert np.argmax(spectrum) * 100 / 8_192 == pytest.approx(strikes_a_second, rel=0.06)


def test_another_speed_goes_on_where_the_sound_is(grain_model: DistillModel) -> None:
    config = replace(CONFIG, seconds=3.0).with_tone(Tone(speed=0.5), 100)
    assert (config.path_frame(100), config.path_frame(150)) == (100, 200)
    slower = config.with_tone(Tone(speed=-0.5), 150)
    assert (slower.path_frame(150), slower.path_frame(250)) == (200, 250)
    assert slower.with_tone(Tone(speed=-0.5, air=1.0), 999).tempo_since == slower.tempo_since
    pipeline = pipeline_of(grain_model, "grain")
    piece = preview(pipeline, slower, 150, 40)[0]
    whole = pipeline_of(grain_model, "grain").render(slower).samples[0, 150 * 512 :][: len(piece)]
    np.testing.assert_allclose(piece, whole, atol=1e-4)


def test_another_slider_does_not_read_the_recordings_anew(
    grain_model: DistillModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A transposed sound takes several times as long to find as to colour."""
    found, pipeline = list[int](), pipeline_of(grain_model, "grain")

    def counted(source: GrainSource, left: int, landing: int) -> int:
        found.append(landing)
        return quick_shift(source, left, landing)

    monkeypatch.setattr(stretched_texture, "quick_shift", counted)
    preview(pipeline, replace(CONFIG, tone=Tone(pitch=0.3)), 60, 30)
    known = len(found)
    assert known > 0
    preview(pipeline, replace(CONFIG, tone=Tone(pitch=0.3, brightness=0.4, air=-0.2)), 60, 30)
    assert len(found) == known
    preview(pipeline, replace(CONFIG, tone=Tone(pitch=0.4)), 60, 30)
    assert len(found) > known


@pytest.mark.parametrize("moves", [(), (Move(90, (1.0, 1.0)),)])
def test_a_sound_that_has_its_own_speed_again_goes_on_where_it_is(
    grain_model: DistillModel, moves: tuple[Move, ...]
) -> None:
    pipeline, plain = pipeline_of(grain_model, "grain"), replace(CONFIG, moves=moves, drift=0.5, endless=True)
    again = plain.with_tone(Tone(speed=1.0), 20).with_tone(Tone(), 50)
    assert again.path_frame(60) == 150
    expected, heard = pipeline.texture(plain), pipeline.texture(again)
    assert expected is not None
    assert heard is not None
    places, there = heard.shaped(60, 72).positions, expected.shaped(150, 162).positions
    torch.testing.assert_close(places, there.to(places.dtype))
    np.testing.assert_allclose(preview(pipeline, again, 60, 12), preview(pipeline, plain, 150, 12), atol=1e-3)
    mels = [next(pipeline.mel.between(each, at, at + 12)) for each, at in ((again, 60), (plain, 150))]
    torch.testing.assert_close(mels[0], mels[1])


def test_before_another_speed_the_path_is_run_through_evenly() -> None:
    config = CONFIG.with_tone(Tone(speed=1.0), 1_000)
    assert [config.path_frame(frame) for frame in (0, 250, 1_000, 1_001)] == [0, 250, 1_000, 1_004]
    slowed = config.with_tone(Tone(speed=-0.5), 1_500)
    assert [slowed.path_frame(frame) for frame in (0, 750, 1_500, 1_600)] == [0, 1_500, 3_000, 3_050]
    pace = Pace(1_500, 3_000, 0.5)
    assert pace.at(np.array([0, 750, 1_500, 1_600])).tolist() == [0, 1_500, 3_000, 3_050]


def test_another_speed_keeps_the_walk(grain_model: DistillModel, monkeypatch: pytest.MonkeyPatch) -> None:
    found = list[int]()

    def counted(source: GrainSource, window: torch.Tensor) -> int:
        found.append(0)
        return modelled_start(source, window)

    monkeypatch.setattr("distill_app.generation.texture.modelled_start", counted)
    pipeline = pipeline_of(grain_model, "grain")
    for number in range(4):
        preview(pipeline, replace(CONFIG, endless=True).with_tone(Tone(speed=0.1 * number), 50 + number), 60, 10)
    assert len(found) == 1


@pytest.mark.parametrize("control", ["noisiness", "roughness"])
def test_the_last_preview_is_the_end_of_the_render(grain_model: DistillModel, control: str) -> None:
    config = replace(CONFIG, tone=Tone().with_value(control, 1.0))
    whole = pipeline_of(grain_model, "grain").render(config).samples[0]
    first = len(whole) // 512 - 20
    piece = preview(pipeline_of(grain_model, "grain"), config, first, 40)[0]
    np.testing.assert_allclose(piece, whole[first * 512 :], atol=1e-4)


def test_places_of_untransposed_frames_are_whole_samples(grain_model: DistillModel) -> None:
    blocks = [GrainBlock(torch.zeros(128, 4), torch.arange(4) * 512 + 2**25 + 1, torch.zeros(128, 4))]
    seen = list[torch.Tensor]()

    def spectra(positions: torch.Tensor, ratio: float) -> torch.Tensor:
        seen.append(positions)
        return torch.zeros(1, 1_025, len(positions), dtype=torch.complex64)

    list(synthesize(spectra, blocks, DISTILL_MEL))
    assert torch.cat(seen).tolist() == [2**25 + 1 + 512 * step for step in range(-2, 4)]
