"""A sound from a later frame on is that part of the sound; of a one-shot, its start chooses the hit."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from distill_app.generation.config import MODES, STRETCH_FRAMES, GenerationConfig, Mode
from distill_app.generation.mel_windows import MelWindows
from distill_app.generation.pipeline import GenerationPipeline
from distill_app.generation.preview import preview
from distill_app.models.model import DistillModel
from distill_app.models.window import REPEAT_FRAMES
from distill_app.vocoders import get_vocoder
from tests.grain.synthetic import RATE
from tests.local_vocoder import LocalVocoder

HOP, EDGE = 512, 8 * 512
CONFIG = GenerationConfig(sliders=(0.4, -0.3), seconds=1.5, drift=0.4)


@pytest.fixture
def pipeline(grain_model: DistillModel) -> GenerationPipeline:
    return GenerationPipeline(grain_model, get_vocoder("grain", model=grain_model))


def part(samples: np.ndarray, first: int = 0) -> np.ndarray:
    """Samples without what depends on the beginning and the end of a render."""
    return samples[0, first * HOP + EDGE :][: round(CONFIG.seconds * RATE) - 2 * EDGE]


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("grain", [0.0, 0.5, 1.0])
@pytest.mark.parametrize("first", [1, 131])
def test_a_sound_from_a_later_frame_on_is_that_part_of_the_sound(
    grain_model: DistillModel, mode: Mode, grain: float, first: int
) -> None:
    vocoder = get_vocoder("grain", model=grain_model) if grain == 1 else LocalVocoder()
    pipeline, config = GenerationPipeline(grain_model, vocoder), replace(CONFIG, mode=mode, grain=grain)
    whole = part(pipeline.render(replace(config, seconds=4.0)).samples, first)
    found = part(pipeline.render(replace(config, start=first)).samples)
    assert np.abs(whole).max() > 0.01
    np.testing.assert_allclose(found, whole, atol=1e-5)


@pytest.mark.parametrize("mode", MODES)
def test_a_late_beginning_is_that_of_the_windows_decoded_one_after_another(
    tiny_model: DistillModel, mode: Mode
) -> None:
    config = replace(CONFIG, mode=mode)
    windows = MelWindows.of(tiny_model, config)
    in_turn = [windows.window(number) for number in range(60)]
    torch.testing.assert_close(MelWindows.of(tiny_model, config).window(59), in_turn[59], atol=1e-5, rtol=0)


def test_the_tenth_minute_continues_across_stretches_of_the_walk(pipeline: GenerationPipeline) -> None:
    first = 13 * STRETCH_FRAMES
    piece = preview(pipeline, replace(CONFIG, endless=True), first - 10, 40)[0]
    late = preview(pipeline, replace(CONFIG, endless=True, start=first), 0, 30)[0]
    np.testing.assert_allclose(late[EDGE:], piece[10 * HOP :][EDGE:], atol=1e-5)


def test_an_endless_sound_has_no_last_frame(pipeline: GenerationPipeline) -> None:
    piece = preview(pipeline, replace(CONFIG, endless=True), 120, 40)[0]
    assert len(piece) == 40 * HOP
    assert np.abs(piece[-HOP:]).max() > 0.1 * np.abs(piece).max()
    assert preview(pipeline, CONFIG, 120, 40).shape[1] < 40 * HOP


def hit(model: DistillModel, number: int, grain: float = 1.0, seconds: float = 3.0) -> np.ndarray:
    pipeline = GenerationPipeline(model, get_vocoder("grain", model=model) if grain else LocalVocoder())
    config = GenerationConfig(seconds=seconds, start=number * REPEAT_FRAMES, grain=grain)
    return pipeline.render(config).samples[0]


def test_a_one_shot_is_one_hit_and_its_decay(one_shot_model: DistillModel) -> None:
    level = np.abs(hit(one_shot_model, 0)).reshape(30, -1).max(1)
    assert level[0] == level.max()
    assert level[20] > 1e-3, "longer than the model's window, as it was recorded"
    assert (level[11:] < 0.3 * level[0]).all(), "no second hit after 1.1 s"


def test_each_start_is_another_hit(one_shot_model: DistillModel) -> None:
    first, second, again = (hit(one_shot_model, number) for number in (0, 1, 0))
    assert np.array_equal(first, again)
    assert abs(np.corrcoef(first, second)[0, 1]) < 0.5


def test_a_decoded_one_shot_decays_to_silence(one_shot_model: DistillModel, tiny_model: DistillModel) -> None:
    samples = hit(one_shot_model, 0, grain=0.0)
    quiet, window = samples[-HOP], hit(replace(tiny_model, header=one_shot_model.header), 0, 0.0, 1.4)
    np.testing.assert_allclose(samples[: len(window) - EDGE], window[:-EDGE], atol=1e-6)
    assert np.ptp(samples[-20 * HOP : -HOP]) < 1e-6, "the level of silence"
    assert quiet < samples[:HOP].min()


@pytest.mark.parametrize("grain", [0.0, 1.0])
def test_a_preview_of_a_one_shot_is_that_part_of_it(one_shot_model: DistillModel, grain: float) -> None:
    pipeline = GenerationPipeline(
        one_shot_model, get_vocoder("grain", model=one_shot_model) if grain else LocalVocoder()
    )
    config = GenerationConfig(seconds=3.0, start=2 * REPEAT_FRAMES, grain=grain)
    piece = preview(pipeline, config, 100, 60)[0]
    np.testing.assert_allclose(piece, hit(one_shot_model, 2, grain)[100 * HOP :][: len(piece)], atol=1e-5)
