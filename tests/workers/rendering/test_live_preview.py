"""A moving slider is heard at the playhead, and from there on until the whole render is there."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from distill_app.audio.loop_source import SPLICE_SECONDS
from distill_app.audio.shared_loop import SharedLoop
from distill_app.dsp.mel_format import MelFormat
from distill_app.dsp.sound import Samples, Sound
from distill_app.generation.config import GenerationConfig
from distill_app.generation.pipeline import GenerationPipeline
from distill_app.generation.preview import MORPH_FRAMES
from distill_app.models.model import DistillModel
from distill_app.workers.rendering.live_preview import LivePreview
from distill_app.workers.rendering.messages import RenderRequest
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
    """Playing the old sound, at its frame 10,000."""
    live = SharedLoop(RATE)
    live.set_loop(render(pipeline, OLD))
    live.play(0)
    read(live, 10_000)
    return live


def render(pipeline: GenerationPipeline, request: RenderRequest) -> Sound:
    return pipeline.render(request.config)


def read(live: SharedLoop, frames: int) -> Samples:
    return live.next_block(frames)[1][:, 0]


def audition(live: SharedLoop, pipeline: GenerationPipeline) -> LivePreview:
    """Of the new sound, heard."""
    audition = LivePreview(live)
    audition.take_up(NEW)
    assert audition.begin(pipeline)
    return audition


def test_the_new_sound_is_heard_within_a_splice_of_the_playhead(live: SharedLoop, pipeline: GenerationPipeline) -> None:
    old, new = render(pipeline, OLD).samples[0], render(pipeline, NEW).samples[0]
    audition(live, pipeline)
    heard = read(live, 6000)
    assert heard[0] == old[10_000]
    np.testing.assert_allclose(heard[SETTLED:], new[10_000 + SETTLED : 16_000], atol=1e-6)
    assert np.abs(new - old)[10_000:16_000].max() > 1e-4


def test_it_stays_new_round_the_loop_while_the_whole_is_not_there(
    live: SharedLoop, pipeline: GenerationPipeline
) -> None:
    reference = SharedLoop(RATE)
    reference.set_loop(render(pipeline, NEW))
    reference.play(0)
    read(reference, 10_000)
    auditioning = audition(live, pipeline)
    for number in range(3 * 2 * RATE // BLOCK):
        heard, expected = read(live, BLOCK), read(reference, BLOCK)
        auditioning.keep_ahead()
        if number * BLOCK > SETTLED:
            np.testing.assert_allclose(heard, expected, atol=1e-5)


def test_a_playhead_that_overtook_the_pieces_is_caught_up_with(live: SharedLoop, pipeline: GenerationPipeline) -> None:
    auditioning = audition(live, pipeline)
    read(live, RATE)
    auditioning.keep_ahead()
    place = live.moment().position
    heard = read(live, 4000)
    new = render(pipeline, NEW).samples[0]
    np.testing.assert_allclose(heard[SETTLED:], new[place + SETTLED : place + 4000], atol=1e-6)


def test_settled_it_is_the_render(live: SharedLoop, pipeline: GenerationPipeline) -> None:
    auditioning, new = audition(live, pipeline), render(pipeline, NEW)
    read(live, 3000)
    auditioning.replace_loop(new)
    place = live.moment().position
    heard = read(live, 20_000)
    np.testing.assert_array_equal(heard[1000:], new.samples[0, place + 1000 : place + 20_000])


def test_a_sweep_travels_from_one_piece_to_the_next(live: SharedLoop, pipeline: GenerationPipeline) -> None:
    vocoder = pipeline.vocoder
    assert isinstance(vocoder, LocalVocoder)
    auditioning = audition(live, pipeline)
    fresh = vocoder.read
    auditioning.take_up(replace(NEW, config=replace(NEW.config, sliders=(0.5,))))
    assert auditioning.begin(pipeline)
    assert not np.allclose(vocoder.read[:, 1], fresh[:, 2])
    auditioning.take_up(NEW)
    assert auditioning.begin(pipeline)
    travelling = vocoder.read
    auditioning.take_up(NEW)
    assert auditioning.begin(pipeline)
    arrived = vocoder.read
    assert not np.allclose(travelling[:, 1], arrived[:, 1], atol=1e-5)


def test_nothing_is_made_where_nothing_plays_or_another_length(live: SharedLoop, pipeline: GenerationPipeline) -> None:
    auditioning = LivePreview(live)
    auditioning.take_up(replace(NEW, config=replace(NEW.config, seconds=1.0)))
    assert not auditioning.begin(pipeline)
    live.stop()
    auditioning.take_up(NEW)
    assert not auditioning.begin(pipeline)


@pytest.mark.parametrize("mel_format", [HIFIGAN_22K, HOP_1024])
def test_nothing_is_made_by_a_vocoder_of_another_rate_or_mel(
    live: SharedLoop, tiny_model: DistillModel, mel_format: MelFormat
) -> None:
    auditioning = LivePreview(live)
    auditioning.take_up(NEW)
    assert not auditioning.begin(GenerationPipeline(tiny_model, LocalVocoder(replace(LOCAL, mel_format=mel_format))))


def test_what_is_late_for_another_sound_is_dropped(live: SharedLoop, pipeline: GenerationPipeline) -> None:
    auditioning, old = LivePreview(live), render(pipeline, OLD)
    auditioning.take_up(NEW)
    live.set_loop(old)  # the window took the old sound back meanwhile
    assert not auditioning.begin(pipeline)
    auditioning.replace_loop(render(pipeline, NEW))
    np.testing.assert_array_equal(read(live, 5000), old.samples[0, 10_000:15_000])
