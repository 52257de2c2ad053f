"""A preview is a part of the render, and morphs from the sound before."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from distill_app.common.errors import VocoderError
from distill_app.generation.config import GenerationConfig, Mode
from distill_app.generation.pipeline import GenerationPipeline
from distill_app.generation.preview import MORPH_FRAMES, preview
from distill_app.models.model import DistillModel
from tests.local_vocoder import LOCAL, LocalVocoder

HOP = 512


@pytest.fixture
def pipeline(tiny_model: DistillModel) -> GenerationPipeline:
    return GenerationPipeline(tiny_model, LocalVocoder())


@pytest.mark.parametrize("mode", ["slider", "crossfade", "interpolate"])
@pytest.mark.parametrize("first", [0, 1, 90, 128, 200, 340])
def test_a_preview_equals_that_part_of_the_render(pipeline: GenerationPipeline, mode: Mode, first: int) -> None:
    config = GenerationConfig(mode, (0.5, -0.5), drift=0.5)
    whole = pipeline.render(config).samples[0]
    piece = preview(pipeline, config, first, 30)[0]
    assert len(piece) == min(30 * HOP, len(whole) - first * HOP)
    np.testing.assert_allclose(piece, whole[first * HOP :][: len(piece)], atol=1e-5)


def test_a_preview_morphs_from_the_configuration_before(tiny_model: DistillModel) -> None:
    vocoder = LocalVocoder()
    pipeline = GenerationPipeline(tiny_model, vocoder)
    old, new = GenerationConfig(sliders=(-1.0,)), GenerationConfig(sliders=(1.0,))
    heard, wanted = (torch.cat(list(pipeline.mel_blocks(config)), dim=1)[:, 99:131] for config in (old, new))
    preview(pipeline, new, 100, 30, old)
    away = torch.linalg.vector_norm(vocoder.read - heard, dim=0) / torch.linalg.vector_norm(wanted - heard, dim=0)
    share = torch.arange(MORPH_FRAMES + 2) / (MORPH_FRAMES + 1)
    torch.testing.assert_close(away[: MORPH_FRAMES + 2], share, atol=0.1, rtol=0)
    torch.testing.assert_close(vocoder.read[:, MORPH_FRAMES + 1 :], wanted[:, MORPH_FRAMES + 1 :], atol=1e-5, rtol=0)


def test_a_model_that_fits_no_vocoder_is_refused(tiny_model: DistillModel) -> None:
    vocoder = LocalVocoder(replace(LOCAL, mel_format=replace(LOCAL.mel_format, bands=80)))
    with pytest.raises(VocoderError, match="another mel format"):
        preview(GenerationPipeline(tiny_model, vocoder), GenerationConfig(), 0, 10)
