"""A sound of a model with recordings: held it never repeats, at a recording's place it is that recording."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from torch import Tensor

from distill_app.dsp.mel_format import DISTILL_MEL
from distill_app.generation.config import STRETCH_FRAMES
from distill_app.generation.hit_texture import HitTexture, hits_of
from distill_app.generation.mel_windows import MelWindows
from distill_app.generation.texture import WalkTexture, blend
from distill_app.grain.blocks import synthesize
from distill_app.grain.source import Frames, GrainSource
from distill_app.grain.targets import mean_power
from distill_app.grain.walk import Target, Walk
from distill_app.models.window import LEAD_FRAMES, ONSET_SAMPLES, REPEAT_FRAMES, WINDOW_FRAMES
from tests.grain.test_walk import chord, segments

RATE, HOP = DISTILL_MEL.sample_rate, DISTILL_MEL.hop
LEAD = LEAD_FRAMES * HOP + ONSET_SAMPLES


def swelling_noise(seconds: float, seed: int) -> np.ndarray:
    """Noise that swells and fades irregularly."""
    random, count = np.random.default_rng(seed), round(seconds * RATE)
    knots = np.arange(0, count + RATE, RATE // 4)
    swell = np.interp(np.arange(count), knots, random.uniform(0.1, 1, len(knots)))
    return (0.1 * swell * random.standard_normal(count)).astype(np.float32)[None]


@pytest.fixture(scope="module")
def source() -> GrainSource:
    return GrainSource.of_samples([swelling_noise(4, 1), swelling_noise(5, 2)], DISTILL_MEL)


def window_at(source: GrainSource, frame: int) -> Tensor:
    return source.mel[:, frame : frame + WINDOW_FRAMES]


def walk_texture(source: GrainSource, window: Tensor, seed: int = 0) -> WalkTexture:
    return WalkTexture(source, seed, MelWindows.repeated(window, REPEAT_FRAMES))


def test_at_the_place_of_a_recording_it_is_that_recording(source: GrainSource) -> None:
    first = source.starts[1] // HOP + 40
    block = walk_texture(source, window_at(source, first)).shaped(0, WINDOW_FRAMES)
    assert block.positions.tolist() == [(first + frame) * HOP for frame in range(WINDOW_FRAMES)]
    found = torch.cat(list(synthesize(source.spectra, [block], DISTILL_MEL)), 1)[0]
    wanted = source.samples[0, first * HOP :][: WINDOW_FRAMES * HOP]
    inside = slice(4 * HOP, 60 * HOP)
    assert float((found - wanted)[inside].norm() / wanted[inside].norm()) < 0.1


TILT = torch.linspace(-0.3, 0.3, 128)[:, None]
"""Nepers by which a poor model is wrong."""


def tilted_blur(mel: Tensor) -> Tensor:
    """Log-mels without what is faster than a quarter of a second, and brighter: what a poor model makes of them."""
    return torch.nn.functional.avg_pool1d(mel, 21, 1, 10, count_include_pad=False) + TILT


def test_what_a_model_blurs_is_played_as_recorded(source: GrainSource) -> None:
    known = replace(source, reconstruct=tilted_blur)
    first = source.starts[0] // HOP + 77
    block = walk_texture(known, tilted_blur(window_at(source, first)[None])[0]).shaped(0, WINDOW_FRAMES)
    assert block.positions.tolist() == [(first + frame) * HOP for frame in range(WINDOW_FRAMES)]
    assert not block.gains.any()


def test_errors_of_a_model_beyond_4_db_are_not_imitated(source: GrainSource) -> None:
    wrong = torch.zeros(128, 1)
    wrong[:6] = 2.0
    window = window_at(source, source.starts[0] // HOP + 77) + wrong
    gains = walk_texture(replace(source, reconstruct=lambda mel: mel + wrong), window).shaped(0, 1).gains
    torch.testing.assert_close(gains[:5], torch.full((5, 1), 1.5))
    torch.testing.assert_close(gains[8:], torch.zeros(120, 1))


def test_a_held_sound_does_not_repeat_itself(source: GrainSource) -> None:
    window = window_at(source, source.starts[0] // HOP + 20)
    level = walk_texture(source, window).shaped(0, 1_000).mel.mean(0).numpy()
    moving = level - level.mean()
    for lag in range(43, 258):
        assert np.corrcoef(moving[:-lag], moving[lag:])[0, 1] < 0.6
    held = window.mean(0).repeat(8).numpy() - float(window.mean())
    assert np.corrcoef(held[:-WINDOW_FRAMES], held[WINDOW_FRAMES:])[0, 1] > 0.99, "a loop is seen"


def test_it_has_the_spectrum_and_level_of_the_window(source: GrainSource) -> None:
    window = window_at(source, source.starts[0] // HOP + 20) + torch.linspace(0.5, -1.5, 128)[:, None]
    mel = walk_texture(source, window).shaped(0, 1_000).mel
    difference = mean_power(mel[:, WINDOW_FRAMES:]) - mean_power(window)
    assert float(difference.square().mean().sqrt()) < 0.25


def test_any_part_is_that_part_of_the_whole(source: GrainSource) -> None:
    window = window_at(source, source.starts[0] // HOP + 20)
    whole = walk_texture(source, window).shaped(0, 500)
    part = walk_texture(source, window).shaped(310, 400)
    torch.testing.assert_close(part.mel, whole.mel[:, 310:400])
    assert torch.equal(part.positions, whole.positions[310:400])


@pytest.mark.parametrize("amount", [0.0, 0.5, 1.0])
def test_the_amount_blends_with_the_mel_of_the_model(source: GrainSource, amount: float) -> None:
    window = window_at(source, source.starts[0] // HOP + 20)
    texture, model_mel = walk_texture(source, window), torch.full((128, 30), -3.0)
    block = blend(texture, 0, model_mel, amount)
    torch.testing.assert_close(block.mel, torch.lerp(model_mel, texture.shaped(0, 30).mel, amount))


def hits() -> GrainSource:
    """Three decaying clicks, two of which are alike."""
    time = np.arange(RATE // 3) / RATE
    segments = [
        (amplitude * np.exp(-30 * time) * np.random.default_rng(seed).standard_normal(len(time))).astype(np.float32)
        for seed, amplitude in ((1, 0.5), (2, 0.5), (3, 0.005))
    ]
    padded = [np.concatenate([np.zeros(100, np.float32), each])[None] for each in segments]
    return GrainSource.of_samples(padded, DISTILL_MEL, [(100,)] * 3)


def hit_window(source: GrainSource, hit: int) -> Tensor:
    return source.mel_at(hits_of(source).positions(hit, WINDOW_FRAMES))


def hit_texture(source: GrainSource, number: int, louder: float = 0.0) -> HitTexture:
    windows = MelWindows.repeated(hit_window(source, 0) + louder, REPEAT_FRAMES)
    return HitTexture(source, hits_of(source), 1, windows, number)


def test_a_one_shot_is_a_hit_from_its_onset_and_another_one_of_its_kind_next() -> None:
    source = hits()
    begins = [int(hit_texture(source, number).shaped(0, 1).positions[0]) for number in range(4)]
    first, second = (onset - LEAD for onset in source.onsets[:2])
    assert begins == [first, second, first, second], "the third is much softer"


def test_after_a_hit_there_is_silence_and_no_other_hit() -> None:
    source = hits()
    block = hit_texture(source, 0).shaped(0, 12 * REPEAT_FRAMES)
    tail = torch.cat(list(synthesize(source.spectra, [block], DISTILL_MEL)), 1)[0, 40 * HOP :]
    assert not tail.any()


def test_a_hit_lasts_as_long_as_it_was_recorded() -> None:
    time = np.arange(3 * RATE) / RATE
    long = (0.5 * np.exp(-time) * np.random.default_rng(1).standard_normal(len(time))).astype(np.float32)
    source = GrainSource.of_samples([np.concatenate([np.zeros(100, np.float32), long])[None]], DISTILL_MEL, [(100,)])
    positions = hit_texture(source, 0).shaped(0, 300).positions
    assert torch.equal(positions[:250], positions[0] + HOP * torch.arange(250))


def decaying_source(fall: float) -> GrainSource:
    """Noise of half a second that falls by `fall` nepers a second."""
    time = np.arange(RATE // 2) / RATE
    samples = 0.3 * np.exp(-fall * time) * np.random.default_rng(1).standard_normal(len(time))
    padded = np.concatenate([np.zeros(100), samples]).astype(np.float32)
    return GrainSource.of_samples([padded[None]], DISTILL_MEL, [(100,)])


def falling_gains(source: GrainSource, nepers_a_second: float) -> Tensor:
    """Gains `[bands, 40]` of its hit where the model wants it to fall faster by that."""
    seconds = (torch.arange(WINDOW_FRAMES) - LEAD_FRAMES - 2).clamp_min(0) * HOP / RATE
    windows = MelWindows.repeated(hit_window(source, 0) - nepers_a_second * seconds, REPEAT_FRAMES)
    return HitTexture(source, hits_of(source), 1, windows, 0).shaped(0, 40).gains


def test_a_hit_that_is_only_louder_has_one_filter() -> None:
    source = hits()
    gains = hit_texture(source, 0, 0.7).shaped(0, 20).gains
    torch.testing.assert_close(gains, torch.full_like(gains, 0.7), atol=1e-4, rtol=0)


@pytest.mark.parametrize(("fall", "change"), [(4, 6), (12, -6)])
def test_a_hit_decays_as_the_model_wants_it(fall: float, change: float) -> None:
    gains = falling_gains(decaying_source(fall), change)
    slopes = (gains[:, 30] - gains[:, 15]) / (15 * HOP / RATE)
    assert float(slopes.mean()) == pytest.approx(-change, abs=1)
    assert float((slopes + change).abs().max()) < 3


def test_the_attack_of_a_hit_stays_as_recorded() -> None:
    source = decaying_source(4)
    window, begin = hit_window(source, 0), LEAD_FRAMES + 1
    window[:, :begin] -= 2
    window[:, begin + 5 :] -= 2
    gains = HitTexture(source, hits_of(source), 1, MelWindows.repeated(window, REPEAT_FRAMES), 0).shaped(0, 40).gains
    torch.testing.assert_close(gains[:, :begin], gains[:, :1].expand(-1, begin))
    assert float((gains[:, 0] - gains[:, 30]).min()) > 1, "the decay is another one"


def test_a_decay_is_raised_by_20_db_at_most() -> None:
    gains = falling_gains(decaying_source(24), -24)
    torch.testing.assert_close((gains - gains[:, :1]).amax(1), torch.full((128,), 20 / 8.686))


def test_a_hit_that_a_model_knows_badly_is_played_as_recorded() -> None:
    source = replace(hits(), reconstruct=lambda mel: mel + TILT)
    windows = MelWindows.repeated(hit_window(source, 2) + TILT, REPEAT_FRAMES)
    block = HitTexture(source, hits_of(source), 1, windows, 0).shaped(0, 30)
    assert int(block.positions[0]) == source.onsets[2] - LEAD
    assert not block.gains.any()


def test_noise_that_is_not_heard_after_a_hit_does_not_change_the_choice() -> None:
    time, noise = np.arange(RATE) / RATE, np.random.default_rng(0).standard_normal(RATE)
    clean, other = 0.5 * noise * np.exp(-60 * time), 0.35 * noise * np.exp(-50 * time) + 1e-4 * noise * (time > 0.7)
    segments = [np.concatenate([np.zeros(100), each])[None].astype(np.float32) for each in (clean, other)]
    source = GrainSource.of_samples(segments, DISTILL_MEL, [(100,)] * 2)
    window = hit_window(source, 0)
    window[:, 62:] = hit_window(source, 1)[:, 62:]
    texture = HitTexture(source, hits_of(source), 1, MelWindows.repeated(window, REPEAT_FRAMES), 0)
    assert int(texture.shaped(0, 1).positions[0]) == source.onsets[0] - LEAD


@pytest.mark.parametrize(("gap", "fall", "is_one"), [(0.1, 10, True), (0.5, 10, False), (0.1, 60, False)])
def test_hits_that_follow_before_one_has_decayed_belong_to_it(gap: float, fall: float, is_one: bool) -> None:
    time = np.arange(RATE) / RATE
    noise = 0.3 * np.random.default_rng(0).standard_normal(len(time))
    samples = (noise * np.exp(-fall * (time % gap))).astype(np.float32)[None]
    second = round(gap * RATE)
    source = GrainSource.of_samples([samples], DISTILL_MEL, [(0, second)])
    positions = hits_of(source).positions(0, 80)
    assert int(torch.count_nonzero(positions)) == pytest.approx(80 if is_one else gap * RATE / HOP, abs=1)


def test_a_move_continues_where_the_sound_has_come_to(source: GrainSource) -> None:
    first, other = (window_at(source, source.starts[number] // HOP + 20) for number in (0, 1))
    before = walk_texture(source, first)
    moved = WalkTexture(source, 0, MelWindows.repeated(other, REPEAT_FRAMES), since=200, earlier=lambda frame: before)
    positions = moved.shaped(0, 400).positions
    assert torch.equal(positions[:200], before.shaped(0, 200).positions)
    torch.testing.assert_close(mean_power(moved.shaped(150, 400).mel), mean_power(other), atol=0.6, rtol=0)


def test_a_late_part_is_reached_without_the_parts_before(source: GrainSource, monkeypatch: pytest.MonkeyPatch) -> None:
    window, late = window_at(source, source.starts[0] // HOP + 20), 600 * STRETCH_FRAMES
    whole = walk_texture(source, window).path(late - 20, late + 40)
    walked: list[int] = []
    extend = Walk.extend

    def note(walk: Walk, path: Frames, frames: int, target: Target) -> Frames:
        walked.append(frames)
        return extend(walk, path, frames, target)

    monkeypatch.setattr(Walk, "extend", note)
    assert np.array_equal(walk_texture(source, window).path(late, late + 40), whole[20:])
    assert walked == [WINDOW_FRAMES, 40], "the beginning, which it sounds like, and the part itself"


def test_a_late_part_sounds_like_the_beginning() -> None:
    """A sound does not change every 48 s to another one that is as near to what is wanted."""
    source = GrainSource.of_samples([chord(3.0, 500.0), chord(3.0, 600.0), chord(3.1, 500.0)], DISTILL_MEL)
    both = torch.maximum(*(window_at(source, source.starts[number] // HOP + 20) for number in (0, 1)))
    texture = WalkTexture(source, 1, MelWindows.repeated(both, REPEAT_FRAMES))
    like = {bool(segments(source, texture.path(0, 1))[0] == 1)}
    later = [texture.path(number * STRETCH_FRAMES, number * STRETCH_FRAMES + 40) for number in range(1, 9)]
    assert {bool(middle) for path in later for middle in segments(source, path) == 1} == like


def test_a_wandering_walk_jumps_more(source: GrainSource) -> None:
    windows = MelWindows.repeated(window_at(source, source.starts[0] // HOP + 20), REPEAT_FRAMES)
    still, wandering = (WalkTexture(source, 0, windows, wander).path(0, 2_000) for wander in (0.0, 1.0))
    assert np.count_nonzero(np.diff(wandering) != 1) > 1.5 * np.count_nonzero(np.diff(still) != 1)
