"""Changes of the loop never click, and playback continues at the right position."""

import tracemalloc

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from distill_app.audio.loop_source import SPLICE_SECONDS, START_SECONDS, STOP_SECONDS, LoopSource
from distill_app.audio.play_cursor import WRAP_SECONDS
from distill_app.dsp.fades import fade_in, fade_out, splice_gains
from distill_app.dsp.sound import Samples, Sound

_RATE = 44_100
_WRAP, _SPLICE = round(WRAP_SECONDS * _RATE), round(SPLICE_SECONDS * _RATE)
_START, _STOP = round(START_SECONDS * _RATE), round(STOP_SECONDS * _RATE)
_TONE_HZ = 440.0
_TONE_STEP = 2 * np.pi * _TONE_HZ / _RATE
"""The largest step from sample to sample in a full-scale sine."""


def _sound(samples: Samples) -> Sound:
    return Sound(np.atleast_2d(samples), _RATE)


def _tone(frames: int, hertz: float = _TONE_HZ, phase: float = 0.0) -> Sound:
    return _sound(np.sin(2 * np.pi * hertz * np.arange(frames) / _RATE + phase).astype(np.float32))


def _ramp(frames: int) -> Sound:
    """Linear ramp from 0 to 1, whose samples tell their position."""
    return _sound((np.arange(frames) / frames).astype(np.float32))


def _playing(sound: Sound, looping: bool = True) -> LoopSource:
    """Source that plays, after its fade-in."""
    source = LoopSource(_RATE, looping)
    source.set_loop(sound)
    source.play()
    return source


def _left(source: LoopSource, frames: int) -> Samples:
    return source.next_block(frames)[:, 0]


def _largest_step(samples: Samples) -> float:
    return float(np.abs(np.diff(samples)).max())


def test_is_silent_until_it_plays() -> None:
    source = LoopSource(_RATE)
    assert not source.next_block(100).any()
    source.play()
    assert not source.playing
    source.set_loop(_tone(10_000))
    assert not source.next_block(100).any()
    assert (source.playing, source.position_frames) == (False, 0)


def test_samples_are_exact_after_the_fade() -> None:
    sound, begin = _tone(20_000), 5_000
    source = LoopSource(_RATE)
    source.set_loop(sound)
    source.play(begin)
    heard, samples = _left(source, 10_000), sound.samples[0, begin : begin + 10_000]
    np.testing.assert_array_equal(heard[_START:], samples[_START:])
    np.testing.assert_allclose(heard[:_START], samples[:_START] * fade_in(_START, "smooth"), atol=1e-7)


def test_a_sound_that_begins_at_zero_starts_without_a_fade() -> None:
    """A fade would remove the attack of a hit."""
    sound = _tone(20_000)
    np.testing.assert_array_equal(_left(_playing(sound), 20_000 - _WRAP), sound.samples[0, : 20_000 - _WRAP])


def test_mono_plays_on_both_channels_and_stereo_unchanged() -> None:
    block = _playing(_tone(20_000)).next_block(5000)
    np.testing.assert_array_equal(block[:, 0], block[:, 1])
    stereo = np.stack([np.full(20_000, 0.5), np.full(20_000, -0.25)]).astype(np.float32)
    np.testing.assert_array_equal(_playing(_sound(stereo)).next_block(5000)[-1], [0.5, -0.25])
    many = np.ones((32, 20_000), np.float32)
    assert _playing(_sound(many)).next_block(5000).shape == (5000, 2)


def test_the_tail_fades_into_the_head_with_equal_power() -> None:
    sound = _sound(np.random.default_rng(0).uniform(-1, 1, 20_000).astype(np.float32))
    samples = sound.samples[0]
    heard = _left(_playing(sound), 60_000)
    tail = samples[-_WRAP:] * fade_out(_WRAP, "equal-power") + samples[:_WRAP] * fade_in(_WRAP, "equal-power")
    np.testing.assert_allclose(heard[20_000 - _WRAP : 20_000], tail, atol=1e-6)
    np.testing.assert_array_equal(heard[20_000 : 40_000 - 2 * _WRAP], samples[_WRAP : 20_000 - _WRAP])
    period = 20_000 - _WRAP
    np.testing.assert_array_equal(heard[_WRAP + 500 : 20_000], heard[_WRAP + 500 + period : 20_000 + period])


def test_a_loop_whose_ends_differ_has_no_click() -> None:
    sound = _tone(20_011, phase=1.0)
    assert abs(sound.samples[0, -1] - sound.samples[0, 0]) > 0.3
    heard = _left(_playing(sound), 100_000)
    assert _largest_step(heard) < 1.5 * _TONE_STEP


def test_start_and_stop_do_not_click() -> None:
    source = _playing(_tone(30_000, phase=np.pi / 2))
    heard = [_left(source, 10_000)]
    source.stop()
    heard += [_left(source, 5000)]
    joined = np.concatenate([np.zeros(10, np.float32), *heard])
    assert _largest_step(joined) < 1.5 * _TONE_STEP
    assert not heard[1][_STOP:].any()
    assert not source.playing


def test_stop_adds_no_high_frequencies() -> None:
    """Above 2 kHz there is next to nothing when 440 Hz fades; a hard stop is 40 dB louder there."""
    source = _playing(_tone(60_000, phase=np.pi / 2))
    before = _left(source, 20_000)
    source.stop()
    faded = np.concatenate([before, _left(source, 20_000)])
    hard = np.concatenate([before, np.zeros(20_000, np.float32)])
    assert _above(faded, 2000) < _above(hard, 2000) - 40


def _above(samples: Samples, hertz: float) -> float:
    """Level in dB above a frequency, around the middle."""
    middle = samples[len(samples) // 2 - 4096 : len(samples) // 2 + 4096] * np.hanning(8192)
    power = np.abs(np.fft.rfft(middle)) ** 2
    return float(10 * np.log10(power[round(hertz * 8192 / _RATE) :].sum()))


def test_a_new_loop_takes_over_at_the_same_relative_position() -> None:
    source = _playing(_ramp(40_000))
    source.next_block(20_000)
    source.set_loop(_ramp(80_000))
    source.next_block(_SPLICE)
    heard = _left(source, 1)[0]
    assert heard == pytest.approx((40_000 + _SPLICE) / 80_000, abs=1e-4)


def test_the_splice_keeps_the_power_and_does_not_click() -> None:
    old, new = _tone(40_000, 440.0), _tone(40_000, 523.0, 1.0)
    source = _playing(old)
    before = _left(source, 10_000)
    source.set_loop(new)
    after = _left(source, 10_000)
    place = slice(10_000, 10_000 + _SPLICE)
    leaving, coming = old.samples[0, place], new.samples[0, place]
    fall, rise = splice_gains(leaving[:, None], coming[:, None])
    expected = leaving * fall + coming * rise
    np.testing.assert_allclose(after[:_SPLICE], expected, atol=1e-6)
    np.testing.assert_array_equal(after[_SPLICE:], new.samples[0, 10_000 + _SPLICE : 20_000])
    assert _largest_step(np.concatenate([before, after])) < 2.5 * _TONE_STEP


def test_a_splice_between_similar_sounds_is_not_louder() -> None:
    source = _playing(_sound(np.full(40_000, 0.5, np.float32)))
    source.next_block(5000)
    source.set_loop(_sound(np.full(40_000, 0.51, np.float32)))
    assert _left(source, 5000).max() <= np.float32(0.51)


def test_the_last_of_many_loops_within_one_splice_plays() -> None:
    source = _playing(_sound(np.full(40_000, 0.1, np.float32)))
    heard = [_left(source, 5000)]
    for level in (0.2, 0.3, 0.4):
        source.set_loop(_sound(np.full(40_000, level, np.float32)))
        heard.append(_left(source, 50))
    heard.append(_left(source, 5000))
    assert heard[-1][-1] == np.float32(0.4)
    assert _largest_step(np.concatenate(heard)[_START:]) < 0.0015


def test_a_loop_set_while_stopped_plays_from_its_beginning() -> None:
    source = LoopSource(_RATE)
    source.set_loop(_ramp(40_000))
    source.next_block(5000)
    source.play()
    assert source.position_frames == 0
    assert _left(source, 5000)[-1] == pytest.approx(4999 / 40_000)


def test_plays_from_a_position_and_jumps_there() -> None:
    source = LoopSource(_RATE)
    source.set_loop(_ramp(40_000))
    source.play(10_000)
    assert _left(source, 5000)[-1] == pytest.approx(14_999 / 40_000)
    source.play(30_000)
    heard = _left(source, 5000)
    assert heard[-1] == pytest.approx(34_999 / 40_000)
    assert _largest_step(heard) < 0.01


@pytest.mark.parametrize(("asked", "given_"), [(-5, 0), (10**9, 39_999)])
def test_a_position_outside_the_sound_is_clamped(asked: int, given_: int) -> None:
    source = LoopSource(_RATE)
    source.set_loop(_ramp(40_000))
    source.play(asked)
    assert source.position_frames == given_


def test_a_sound_played_once_ends_without_a_click() -> None:
    source = _playing(_tone(20_000, phase=np.pi / 2), looping=False)
    heard = _left(source, 30_000)
    assert np.abs(heard[19_000:19_800]).max() > 0.9
    assert not heard[20_000:].any()
    assert _largest_step(heard) < 1.5 * _TONE_STEP
    assert (source.playing, source.position_frames) == (False, 20_000)
    source.play()
    assert source.playing
    assert np.abs(_left(source, 2000)).max() > 0.9


def test_looping_can_be_switched_off_and_on_while_playing() -> None:
    source = _playing(_tone(20_000))
    source.next_block(50_000)
    source.looping = False
    source.next_block(20_000)
    assert not source.playing
    source.looping = True
    source.play()
    source.next_block(50_000)
    assert source.playing


def test_switching_looping_within_the_tail_does_not_click() -> None:
    source = _playing(_tone(20_000, phase=0.5), looping=False)
    heard = [_left(source, 20_000 - _WRAP // 2)]
    source.looping = True
    heard.append(_left(source, 5000))
    assert _largest_step(np.concatenate(heard)) < 1.5 * _TONE_STEP


def test_the_position_wraps_around() -> None:
    source = _playing(_ramp(20_000))
    source.next_block(19_999)
    assert source.position_frames == 19_999
    source.next_block(1)
    assert source.position_frames == _WRAP


def test_play_right_after_stop_plays() -> None:
    source = _playing(_tone(40_000))
    heard = [_left(source, 10_000)]
    source.stop()
    heard.append(_left(source, 100))
    source.play()
    heard.append(_left(source, 10_000))
    assert source.playing
    assert np.abs(heard[-1][-1000:]).max() > 0.9
    assert _largest_step(np.concatenate(heard)) < 1.5 * _TONE_STEP


@settings(deadline=None, max_examples=60)
@given(
    sizes=st.lists(st.integers(1, 4000), min_size=5, max_size=25),
    moves=st.lists(st.sampled_from(["play", "stop", "swap", "jump", "nothing"]), min_size=25, max_size=25),
)
def test_no_sequence_of_changes_clicks(sizes: list[int], moves: list[str]) -> None:
    """Two full-scale sounds may meet in a splice, hence the factor."""
    source = _playing(_tone(9_000))
    heard = []
    for number, (size, move) in enumerate(zip(sizes, moves, strict=False)):
        match move:
            case "play":
                source.play()
            case "stop":
                source.stop()
            case "swap":
                source.set_loop(_tone(3_000 + 777 * number, 300.0 + 10 * number, number))
            case "jump":
                source.play(number * 500)
        heard.append(_left(source, size))
    assert _largest_step(np.concatenate(heard)) < 3 * _TONE_STEP


@settings(deadline=None, max_examples=40)
@given(sizes=st.lists(st.integers(1, 5000), min_size=1, max_size=6))
def test_the_block_size_does_not_change_the_output(sizes: list[int]) -> None:
    whole, parts = _playing(_tone(9_000)), _playing(_tone(9_000))
    joined = np.concatenate([parts.next_block(size) for size in sizes])
    np.testing.assert_array_equal(joined, whole.next_block(sum(sizes)))


@pytest.mark.parametrize("frames", [1, 2, 5, 100])
def test_very_short_sounds_play(frames: int) -> None:
    source = _playing(_sound(np.ones(frames, np.float32)))
    assert np.isfinite(source.next_block(1000)).all()


def test_refuses_an_empty_sound_and_another_rate() -> None:
    source = LoopSource(_RATE)
    with pytest.raises(ValueError, match="44100 Hz"):
        source.set_loop(Sound(np.zeros((1, 0), np.float32), _RATE))
    with pytest.raises(ValueError, match="44100 Hz"):
        source.set_loop(Sound(np.zeros((1, 10), np.float32), 48_000))


def test_a_long_sound_is_not_copied() -> None:
    """The output thread would wait for a copy, and the device's ring lasts less than a tenth of a second."""
    sound, source = _tone(30 * _RATE), LoopSource(_RATE)
    tracemalloc.start()
    try:
        source.set_loop(sound)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < sound.samples.nbytes / 100


def test_a_looped_hit_keeps_its_attack() -> None:
    """The tail fades into the head, but after a decayed tail the head plays without a fade-in."""
    time = np.arange(_RATE)
    hit = (np.exp(-time / 600) * np.sin(time / 5)).astype(np.float32)
    source = LoopSource(_RATE)
    source.set_loop(_sound(hit))
    source.play()
    heard = source.next_block(4 * _RATE)[:, 0]
    for number in range(4):
        np.testing.assert_allclose(heard[number * (_RATE - _WRAP) :][:1_000], hit[:1_000], atol=1e-3)


@pytest.mark.parametrize("channels", [1, 2])
def test_a_stereo_piece_is_heard_in_stereo_and_one_in_mono_in_the_middle(channels: int) -> None:
    source = _playing(_sound(np.full((channels, 40_000), 0.1, np.float32)))
    source.next_block(_START)
    piece = np.repeat(np.array([[0.3], [-0.2]], np.float32), 20_000, 1)
    source.patch(10_000, piece)
    heard = source.next_block(20_000)
    np.testing.assert_allclose(heard[10_000 - _START + _SPLICE :][:5_000], piece.T[:5_000], atol=1e-6)
    source.patch(30_000, np.full(5_000, 0.25, np.float32))
    rest = source.next_block(14_000)
    np.testing.assert_allclose(rest[30_000 - 20_000 - _START + _SPLICE :][:1_000], 0.25, atol=1e-6)
    assert _largest_step(np.concatenate([heard, rest])[:, 1]) < 0.002


def test_a_sound_with_a_loop_of_its_own_plays_it_round_and_round_and_itself_once() -> None:
    source = LoopSource(_RATE)
    sound, loop = _sound(np.full(4_000, 0.25, np.float32)), _sound(np.linspace(0.5, 0.6, 4_000, dtype=np.float32))
    source.set_loop(sound, loop)
    source.play(0)
    heard = source.next_block(10_000)[:, 0]
    np.testing.assert_array_equal(heard[4_000:8_000], loop.samples[0], "without a crossfade from end to beginning")
    source.set_looping(False)
    assert source.next_block(3_000)[1_000, 0] == 0.25
    assert not source.playing


def test_patches_over_a_loop_make_its_end_fade_into_its_beginning() -> None:
    source = LoopSource(_RATE)
    sound = _sound(np.full(8_000, 0.25, np.float32))
    source.set_loop(sound, sound)
    source.play(0)
    source.next_block(100)
    assert source.wrap_frames == 0
    source.patch(4_000, np.full(2_000, 0.3, np.float32))
    assert source.wrap_frames > 0
