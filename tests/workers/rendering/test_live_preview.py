"""A moved slider is heard at the playhead, and from there on until the whole render is ready."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from distill_app.audio.loop_source import SPLICE_SECONDS
from distill_app.audio.shared_loop import SharedLoop
from distill_app.dsp.mel_format import MelFormat
from distill_app.dsp.sound import Samples, Sound
from distill_app.dsp.spectrogram import spectrogram
from distill_app.generation.config import GenerationConfig
from distill_app.generation.pipeline import GenerationPipeline
from distill_app.generation.preview import MORPH_FRAMES
from distill_app.models.model import DistillModel
from distill_app.workers.rendering.live_preview import LivePreview
from distill_app.workers.rendering.messages import RenderRequest, RenderResult
from tests.local_vocoder import LOCAL, LocalVocoder
from tests.mel_formats import HIFIGAN_22K, HOP_1024

RATE, HOP, BLOCK = 44_100, 512, 256
OLD = RenderRequest(Path("m"), "local", GenerationConfig(seconds=2.0, sliders=(-1.0,), drift=1.0))
NEW = replace(OLD, config=replace(OLD.config, sliders=(1.0,), drift=0.9))
SETTLED = round(SPLICE_SECONDS * RATE) + (MORPH_FRAMES + 2) * HOP
"""Samples after which a change is complete."""


@pytest.fixture
def pipeline(tiny_model: DistillModel) -> GenerationPipeline:
    return GenerationPipeline(tiny_model, LocalVocoder())


@pytest.fixture
def live(pipeline: GenerationPipeline) -> SharedLoop:
    """Loop that plays the old sound, at frame 10,000."""
    live = SharedLoop(RATE)
    live.set_loop(render(pipeline, OLD))
    live.play(0)
    read(live, 10_000)
    return live


def render(pipeline: GenerationPipeline, request: RenderRequest) -> Sound:
    return pipeline.render(request.config)


def read(live: SharedLoop, frames: int) -> Samples:
    return live.next_block(frames)[1][:, 0]


def started(live: SharedLoop, pipeline: GenerationPipeline) -> LivePreview:
    """Live preview of the new sound, heard already."""
    preview = LivePreview(live)
    preview.start(NEW)
    assert preview.begin(pipeline)
    return preview


def test_the_new_sound_is_heard_within_a_splice_of_the_playhead(live: SharedLoop, pipeline: GenerationPipeline) -> None:
    old, new = render(pipeline, OLD).samples[0], render(pipeline, NEW).samples[0]
    started(live, pipeline)
    heard = read(live, 6000)
    assert heard[0] == old[10_000]
    np.testing.assert_allclose(heard[SETTLED:], new[10_000 + SETTLED : 16_000], atol=1e-6)
    assert np.abs(new - old)[10_000:16_000].max() > 1e-4


def test_the_new_sound_plays_all_round_the_loop_before_the_render_is_ready(
    live: SharedLoop, pipeline: GenerationPipeline
) -> None:
    reference = SharedLoop(RATE)
    reference.set_loop(render(pipeline, NEW))
    reference.play(0)
    read(reference, 10_000)
    live_preview = started(live, pipeline)
    for number in range(3 * 2 * RATE // BLOCK):
        heard, expected = read(live, BLOCK), read(reference, BLOCK)
        live_preview.keep_ahead()
        if number * BLOCK > SETTLED:
            np.testing.assert_allclose(heard, expected, atol=1e-5)


def test_a_playhead_that_overtook_the_pieces_gets_a_new_piece(live: SharedLoop, pipeline: GenerationPipeline) -> None:
    live_preview = started(live, pipeline)
    read(live, RATE)
    live_preview.keep_ahead()
    place = live.snapshot().position
    heard = read(live, 4000)
    new = render(pipeline, NEW).samples[0]
    np.testing.assert_allclose(heard[SETTLED:], new[place + SETTLED : place + 4000], atol=1e-6)


def test_the_whole_render_replaces_the_pieces(live: SharedLoop, pipeline: GenerationPipeline) -> None:
    live_preview, new = started(live, pipeline), render(pipeline, NEW)
    read(live, 3000)
    live_preview.replace_loop(RenderResult(NEW, new, spectrogram(new.mono(), RATE), 0.1, "local"))
    place = live.snapshot().position
    heard = read(live, 20_000)
    np.testing.assert_array_equal(heard[1000:], new.samples[0, place + 1000 : place + 20_000])


def test_a_sweep_morphs_from_one_piece_to_the_next(live: SharedLoop, pipeline: GenerationPipeline) -> None:
    vocoder = pipeline.vocoder
    assert isinstance(vocoder, LocalVocoder)
    live_preview = started(live, pipeline)
    fresh = vocoder.read
    live_preview.start(replace(NEW, config=replace(NEW.config, sliders=(0.5,))))
    assert live_preview.begin(pipeline)
    assert not np.allclose(vocoder.read[:, 1], fresh[:, 2])
    live_preview.start(NEW)
    assert live_preview.begin(pipeline)
    travelling = vocoder.read
    live_preview.start(NEW)
    assert live_preview.begin(pipeline)
    arrived = vocoder.read
    assert not np.allclose(travelling[:, 1], arrived[:, 1], atol=1e-5)


def test_no_piece_is_made_where_nothing_plays_or_the_length_differs(
    live: SharedLoop, pipeline: GenerationPipeline
) -> None:
    live_preview = LivePreview(live)
    live_preview.start(replace(NEW, config=replace(NEW.config, seconds=1.0)))
    assert not live_preview.begin(pipeline)
    live.stop()
    live_preview.start(NEW)
    assert not live_preview.begin(pipeline)


@pytest.mark.parametrize("mel_format", [HIFIGAN_22K, HOP_1024])
def test_no_piece_is_made_by_a_vocoder_of_another_rate_or_mel(
    live: SharedLoop, tiny_model: DistillModel, mel_format: MelFormat
) -> None:
    live_preview = LivePreview(live)
    live_preview.start(NEW)
    assert not live_preview.begin(GenerationPipeline(tiny_model, LocalVocoder(replace(LOCAL, mel_format=mel_format))))
