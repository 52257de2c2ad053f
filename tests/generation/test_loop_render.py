"""A loop is the sound itself, but for its beginning; sounds that move return to their beginning."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from distill_app.generation.config import GenerationConfig, Mode
from distill_app.generation.loop_render import loop_blocks
from distill_app.generation.mel_windows import MelWindows
from distill_app.generation.pipeline import GenerationPipeline
from distill_app.generation.preview import preview
from distill_app.generation.seamless_loop import FADE_SECONDS, SEARCH_SECONDS
from distill_app.models.model import DistillModel
from distill_app.vocoders import get_vocoder

RATE, HOP = 44_100, 512
CONFIG = GenerationConfig(sliders=(0.4, -0.3), seconds=6.0, seed=3)
HEAD = round((FADE_SECONDS + SEARCH_SECONDS) * RATE)


def test_a_held_loop_is_the_sound_but_for_its_beginning(grain_model: DistillModel) -> None:
    pipeline = GenerationPipeline(grain_model, get_vocoder("grain", model=grain_model))
    blocks = list(loop_blocks(pipeline, CONFIG))
    assert len(blocks) > 2, "a file is cancelled, and sliders are answered, between two blocks"
    loop, longer = np.concatenate(blocks, 1)[0], pipeline.render(replace(CONFIG, seconds=7.0)).samples[0]
    np.testing.assert_allclose(loop[HEAD:], longer[HEAD : len(loop)], atol=1e-5)
    seam = np.concatenate([loop[-HOP:], loop[:HOP]])
    assert np.abs(np.diff(seam)).max() <= np.abs(np.diff(loop)).max()


def test_a_held_loop_goes_the_way_of_the_sound(grain_model: DistillModel) -> None:
    pipeline = GenerationPipeline(grain_model, get_vocoder("grain", model=grain_model))
    assert pipeline.closing(CONFIG).texture(CONFIG) is pipeline.texture(CONFIG)
    moving = replace(CONFIG, drift=0.5)
    assert pipeline.closing(moving).texture(moving) is not pipeline.texture(moving)


@pytest.mark.parametrize(("mode", "drift"), [("crossfade", 0.0), ("interpolate", 0.0), ("slider", 1.0)])
def test_a_moving_sound_returns_to_its_beginning(tiny_model: DistillModel, mode: Mode, drift: float) -> None:
    config = replace(CONFIG, mode=mode, drift=drift, start=300)
    loop, plain = MelWindows.of(tiny_model, config, range(300, 900)), MelWindows.of(tiny_model, config)
    first, end = 300 // config.window_hop, 900 // config.window_hop
    torch.testing.assert_close(loop.window(end), plain.window(first), atol=1e-4, rtol=0)
    torch.testing.assert_close(loop.window(first + 1), plain.window(first + 1), atol=1e-4, rtol=0)
    assert (plain.window(end) - plain.window(first)).abs().max() > 0.01


def test_a_sound_without_recordings_returns_too(tiny_model: DistillModel, monkeypatch: pytest.MonkeyPatch) -> None:
    config, vocoder, mels = replace(CONFIG, mode="crossfade"), get_vocoder("griffin-lim"), list[torch.Tensor]()

    def keep(mel: torch.Tensor) -> torch.Tensor:
        mels.append(mel)
        return torch.zeros(1, mel.shape[1] * HOP)

    monkeypatch.setattr(vocoder, "preview", keep)
    closing = GenerationPipeline(tiny_model, vocoder).closing(config)
    preview(closing, replace(config, endless=True), 400, 100)
    start, stop = 400 - vocoder.context_frames, 500 + vocoder.context_frames
    expected = torch.cat(list(closing.mel.between(config, start, stop)), 1)
    torch.testing.assert_close(mels[0], expected, atol=1e-4, rtol=0)


def test_a_hit_of_a_loop_is_the_hit_that_was_asked_for(one_shot_model: DistillModel) -> None:
    config = replace(CONFIG, mode="crossfade", start=10 * CONFIG.window_hop)
    pipeline = GenerationPipeline(one_shot_model)
    plain, loop = (next(each.mel.between(config, 0, 100)) for each in (pipeline, pipeline.closing(config)))
    torch.testing.assert_close(loop, plain)
