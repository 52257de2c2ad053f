"""A sound without an end, and another hit in each lap, are written ahead of the playhead, as they are rendered."""

from dataclasses import replace
from pathlib import Path
from unittest.mock import Mock

import numpy as np
import pytest

from distill_app.audio.loop_source import SPLICE_SECONDS
from distill_app.audio.shared_loop import SharedLoop
from distill_app.dsp.sound import Samples
from distill_app.generation.config import GenerationConfig
from distill_app.generation.pipeline import GenerationPipeline
from distill_app.models.model import DistillModel
from distill_app.models.window import REPEAT_FRAMES
from distill_app.vocoders import get_vocoder
from distill_app.vocoders.base import Vocoder
from distill_app.workers.rendering.live_preview import LivePreview
from distill_app.workers.rendering.messages import RenderRequest
from distill_app.workers.rendering.piece_writer import PieceTimer
from distill_app.workers.rendering.pieces import RING_SECONDS
from distill_app.workers.rendering.render_loop import RenderLoop
from distill_app.workers.rendering.request_queue import RequestQueue
from distill_app.workers.rendering.signals import RenderSignals
from tests.local_vocoder import TONE, TONE_HZ, LocalVocoder, ToneVocoder

RATE, HOP, BLOCK = 44_100, 512, 4_410
HELD = RenderRequest(Path("m"), "grain", GenerationConfig(sliders=(0.3, -0.2), seconds=1.0, endless=True))
MOVED = replace(HELD, config=HELD.config.moved((0.5, -0.2), 12))
HIT = RenderRequest(Path("m"), "grain", GenerationConfig(seconds=0.61))
SETTLED = round(SPLICE_SECONDS * RATE) + 4 * HOP
END = 8 * HOP
"""Samples at the end of a render that depend on what would follow."""


class Stage:
    """Loop, its writer, and the pipeline of a model, by default with the grain."""

    def __init__(self, model: DistillModel, vocoder: Vocoder | None = None) -> None:
        self.pipeline = GenerationPipeline(model, vocoder or get_vocoder("grain", model=model))
        self.live = SharedLoop(RATE)
        self.preview = LivePreview(self.live)

    def request(self, request: RenderRequest) -> None:
        self.preview.start(request)
        assert self.preview.begin(self.pipeline)
        self.catch_up()

    def catch_up(self) -> None:
        while self.preview.keep_ahead():
            pass

    def read(self, seconds: float) -> Samples:
        """Samples that play on the left, in blocks between which the pieces are written."""
        return self.read_stereo(seconds)[0]

    def read_stereo(self, seconds: float) -> Samples:
        blocks = []
        for _ in range(round(seconds * RATE / BLOCK)):
            blocks.append(self.live.next_block(BLOCK)[1].T)
            self.catch_up()
        return np.concatenate(blocks, 1)

    def render(self, config: GenerationConfig, seconds: float) -> Samples:
        return self.pipeline.render(replace(config, seconds=seconds, endless=False)).samples[0]


@pytest.fixture
def held(grain_model: DistillModel) -> Stage:
    return Stage(grain_model)


@pytest.fixture
def hits(one_shot_model: DistillModel) -> Stage:
    return Stage(one_shot_model)


def test_a_held_sound_is_the_rendered_one_also_after_the_ring_was_read_several_times(held: Stage) -> None:
    held.request(HELD)
    held.live.play(0)
    heard = held.read(2.5 * RING_SECONDS)
    np.testing.assert_allclose(heard, held.render(HELD.config, 2.5 * RING_SECONDS + 1)[: len(heard)], atol=1e-5)


def test_stereo_recordings_are_heard_in_stereo_also_after_a_sound_in_mono(stereo_model: DistillModel) -> None:
    stage = Stage(stereo_model)
    grain, stage.pipeline = stage.pipeline, GenerationPipeline(stereo_model, LocalVocoder())
    stage.request(HELD)
    stage.live.play(0)
    left, right = stage.read_stereo(0.5)
    assert np.array_equal(left, right)
    stage.pipeline = grain
    stage.request(HELD)
    heard = stage.read_stereo(1.0)[:, SETTLED:]
    rendered = grain.render(replace(HELD.config, seconds=2.0, endless=False)).samples
    begin = round(0.5 * RATE) + SETTLED
    np.testing.assert_allclose(heard, rendered[:, begin : begin + heard.shape[1]], atol=1e-5)
    assert np.abs(heard[0] - heard[1]).max() > 0.01


def test_a_file_made_from_the_playhead_on_is_what_was_heard_after_the_slider_was_moved(held: Stage) -> None:
    held.request(HELD)
    held.live.play(0)
    before = held.read(3.0)
    frame = 12 * (held.live.snapshot().position // HOP // 12 + 1)
    moved = replace(HELD, config=HELD.config.moved((-0.8, 0.6), frame))
    held.request(moved)
    heard = np.concatenate([before, held.read(4.0)])
    start = frame + 12
    captured = heard[start * HOP :]
    exported = held.render(replace(moved.config, start=start), len(captured) / RATE)
    inside = slice(HOP, len(captured) - END)  # without the fades of a file
    np.testing.assert_allclose(captured[inside], exported[inside], atol=1e-5)
    assert np.abs(captured - held.render(replace(HELD.config, start=start), 8.0)[: len(captured)]).max() > 0.001


def test_a_stopped_sound_begins_anew_at_once(held: Stage) -> None:
    held.request(HELD)
    held.live.play(0)
    held.read(RING_SECONDS + 1.0)
    held.live.stop()
    held.read(0.1)
    held.live.play(0)
    heard = held.read(1.0)
    np.testing.assert_allclose(heard[SETTLED:], held.render(HELD.config, 2.0)[SETTLED : len(heard)], atol=1e-5)


def test_while_nothing_plays_only_the_beginning_is_made(held: Stage) -> None:
    held.request(HELD)
    assert not held.preview.keep_ahead()
    assert not held.preview.must_look_again
    held.live.play(0)
    held.read(2.0)
    assert held.preview.must_look_again


def test_a_playhead_that_overtook_the_pieces_gets_new_ones(held: Stage) -> None:
    held.request(HELD)
    held.live.play(0)
    held.live.next_block(5 * RATE)
    held.catch_up()
    place = held.live.snapshot().position
    heard = held.read(1.0)
    expected = held.render(HELD.config, place / RATE + 2.0)[place:]
    np.testing.assert_allclose(heard[RATE // 2 :], expected[RATE // 2 : len(heard)], atol=1e-5)


def test_while_a_slider_moves_nothing_is_written_in_reserve(held: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(PieceTimer, "add", lambda timer, _: setattr(timer, "seconds", 0.01))
    held.request(HELD)
    held.live.play(0)
    held.preview.start(MOVED)
    assert held.preview.begin(held.pipeline)
    assert not held.preview.keep_ahead(hurried=True)
    held.live.next_block(round(0.1 * RATE))
    assert held.preview.keep_ahead(hurried=True), "the playhead comes near the end of the piece"
    assert not held.preview.keep_ahead(hurried=True)
    assert held.preview.keep_ahead(), "another sound is no longer expected"


def test_each_lap_is_the_next_hit(hits: Stage) -> None:
    hits.request(HIT)
    hits.live.play(0)
    heard, length = hits.read(20 * 0.61), round(0.61 * RATE)
    for lap in range(19):
        expected = hits.render(replace(HIT.config, start=lap * REPEAT_FRAMES), 0.61)
        np.testing.assert_allclose(heard[lap * length :][:length], expected, atol=1e-5)
    assert hits.live.snapshot().lap == length


def test_without_loop_one_hit_is_played(hits: Stage) -> None:
    hits.live.looping = False
    hits.request(HIT)
    hits.live.play(0)
    heard = hits.read(3.0)
    length = round(0.61 * RATE)
    assert heard[: length - 100].any()
    assert not heard[length:].any()
    assert not hits.live.playing


def test_a_held_sound_continues_where_it_gets_a_length(held: Stage) -> None:
    """The new sound is rendered; until it replaces the ring, the ring plays on."""
    held.request(HELD)
    held.live.play(0)
    held.read(1.0)
    held.preview.start(replace(HELD, config=replace(HELD.config, endless=False)))
    assert not held.preview.begin(held.pipeline)
    heard = held.read(6.0)
    np.testing.assert_allclose(heard, held.render(HELD.config, 8.0)[RATE:][: len(heard)], atol=1e-5)


def test_a_loop_continues_as_an_endless_sound_at_its_place(held: Stage) -> None:
    loop = replace(HELD.config, endless=False, seconds=4.0)
    held.live.set_loop(held.pipeline.render(loop))
    held.live.play(RATE)
    held.live.next_block(BLOCK)
    held.request(HELD)
    place = held.live.snapshot().position
    heard = held.read(5.0)
    np.testing.assert_allclose(heard, held.render(HELD.config, 8.0)[place:][: len(heard)], atol=1e-4)


def test_the_phases_of_a_vocoder_that_finds_its_own_go_on_from_piece_to_piece(tiny_model: DistillModel) -> None:
    stage = Stage(tiny_model, ToneVocoder(TONE))
    stage.request(replace(HELD, vocoder=TONE.id))
    stage.live.play(0)
    heard = stage.read(12.0)[2 * RATE :].astype(np.float64)
    turn = 2 * np.pi * TONE_HZ / RATE
    other_than_the_tone = heard[2:] + heard[:-2] - 2 * np.cos(turn) * heard[1:-1]
    assert np.abs(other_than_the_tone).max() < 1e-5


def test_a_sound_that_never_catches_up_ends_with_the_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    queue, left = RequestQueue(), [True] * 9

    def keep_ahead() -> bool:
        queue.close()
        return left.pop()

    loop = RenderLoop(RenderSignals(), queue)
    monkeypatch.setattr(loop, "_preview", Mock(keep_ahead=keep_ahead))
    loop.work()
    assert len(left) == 8
