"""A moved slider continues the walk of the sound before; sounds are the same with and without the cache."""

from dataclasses import replace

import numpy as np
import pytest

from distill_app.dsp.mel_format import DISTILL_MEL
from distill_app.generation.config import MOVES_MAX, STRETCH_FRAMES, GenerationConfig, Move
from distill_app.generation.mel_windows import MelWindows
from distill_app.generation.texture import WalkTexture
from distill_app.generation.texture_cache import TextureCache, Windows
from distill_app.grain.source import GrainSource
from distill_app.models.window import REPEAT_FRAMES, WINDOW_FRAMES

RATE, HOP = DISTILL_MEL.sample_rate, DISTILL_MEL.hop
CONFIG = GenerationConfig(sliders=(0.0,))
_create = TextureCache._create


@pytest.fixture(scope="module")
def source() -> GrainSource:
    noise = np.random.default_rng(0).standard_normal((3, 1, 3 * RATE)).astype(np.float32)
    return GrainSource.of_samples(list(0.1 * noise), DISTILL_MEL)


def positions(cache: TextureCache, source: GrainSource, config: GenerationConfig) -> list[int]:
    """The first frames, and those of the beginning of the second stretch."""

    def windows(config: GenerationConfig) -> MelWindows:
        start = source.starts[0] // HOP + round(100 * config.sliders[0])
        return MelWindows.repeated(source.mel[:, start : start + WINDOW_FRAMES], REPEAT_FRAMES)

    walk = cache.walk(source, config, windows)
    return [*walk.path(0, 300).tolist(), *walk.path(STRETCH_FRAMES - 100, STRETCH_FRAMES + 100).tolist()]


def test_a_move_continues_the_sound_before_it(source: GrainSource) -> None:
    cache = TextureCache()
    moved = CONFIG.moved((1.0,), 120)
    assert positions(cache, source, moved)[:120] == positions(cache, source, CONFIG)[:120]
    assert positions(cache, source, replace(moved, moves=()))[0] != positions(cache, source, CONFIG)[0]


def test_the_moves_alone_tell_where_the_sound_has_come_to(source: GrainSource) -> None:
    cache = TextureCache()
    moved = CONFIG.moved((0.5,), 60).moved((1.0,), 120)
    live = [positions(cache, source, each) for each in (CONFIG, CONFIG.moved((0.5,), 60), moved)][-1]
    assert positions(TextureCache(), source, moved) == live


def test_moves_in_several_stretches_are_followed(source: GrainSource) -> None:
    """Also where nothing of the sound is known, as for a take that is opened."""
    config, cache = CONFIG, TextureCache()
    for number in range(5):
        config = config.moved((number / 5,), 60 + number * 1_100)
        live = positions(cache, source, config)
    assert positions(TextureCache(), source, config) == live
    assert live[:60] == positions(TextureCache(), source, CONFIG)[:60]


def test_length_and_amount_of_grain_leave_the_walk_as_it_is(source: GrainSource) -> None:
    cache = TextureCache()
    here = positions(cache, source, CONFIG)
    assert positions(cache, source, replace(CONFIG, seconds=9.0, grain=0.3)) == here


@pytest.mark.parametrize(
    ("frame", "moves"),
    [
        (200, (Move(60, (0.0,)), Move(120, (0.5,)), Move(200, (1.0,)))),
        (120, (Move(60, (0.0,)), Move(120, (0.5,)))),
        (80, (Move(60, (0.0,)), Move(80, (0.5,)))),
        (30, (Move(30, (0.0,)),)),
        (0, ()),
    ],
)
def test_moves_after_a_new_one_are_forgotten(frame: int, moves: tuple[Move, ...]) -> None:
    """In a loop the sound comes back to frames before earlier moves."""
    config = CONFIG.moved((0.5,), 60).moved((1.0,), 120)
    assert config.moved((0.2,), frame).moves == moves


def test_of_too_many_moves_the_first_ones_stay() -> None:
    config = CONFIG
    for number in range(1, MOVES_MAX + 20):
        config = config.moved((number / 1_000,), number)
    assert len(config.moves) == MOVES_MAX
    assert config.moves[0] == Move(1, (0.0,))
    assert config.moves[-1].frame == MOVES_MAX + 19


def test_an_endless_sound_forgets_the_moves_that_it_no_longer_depends_on(source: GrainSource) -> None:
    config = replace(CONFIG, endless=True)
    for number in range(30):
        config = config.moved((number / 100,), STRETCH_FRAMES - 240 + 24 * number)
    assert [move.frame for move in config.moves] == list(range(STRETCH_FRAMES + 24, STRETCH_FRAMES + 480, 24))
    assert config.part(STRETCH_FRAMES + 200, 2.0).moves == config.moves
    assert config.part(2 * STRETCH_FRAMES, 2.0).moves == ()
    kept = replace(config, moves=(Move(60, (0.0,)), *config.moves))
    assert positions(TextureCache(), source, kept)[-90:] == positions(TextureCache(), source, config)[-90:]


def test_a_move_after_many_others_makes_one_walk(source: GrainSource, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also where the frames before the move are asked for again."""
    cache, config = TextureCache(), CONFIG
    made: list[GenerationConfig] = []

    def note(cache: TextureCache, source: GrainSource, config: GenerationConfig, windows: Windows) -> WalkTexture:
        made.append(config)
        return _create(cache, source, config, windows)

    monkeypatch.setattr(TextureCache, "_create", note)
    for number in range(40):
        config = config.moved((number / 100,), 60 + number)
        positions(cache, source, config)
    assert len(made) == 41


def test_a_loop_that_begins_again_finds_its_beginning(source: GrainSource, monkeypatch: pytest.MonkeyPatch) -> None:
    cache, config = TextureCache(), CONFIG
    for number in range(40):
        config = config.moved((number / 100,), 60 + number)
        positions(cache, source, config)
    made: list[GenerationConfig] = []

    def note(cache: TextureCache, source: GrainSource, config: GenerationConfig, windows: Windows) -> WalkTexture:
        made.append(config)
        return _create(cache, source, config, windows)

    monkeypatch.setattr(TextureCache, "_create", note)
    again = config.moved((0.5,), 30)
    positions(cache, source, again)
    assert made == [replace(again, seconds=GenerationConfig.seconds)]
