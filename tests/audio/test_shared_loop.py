"""Patches and replacements of the loop make no step, and finally the output is the last sound, bit for bit."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from distill_app.audio.play_cursor import WRAP_SECONDS
from distill_app.audio.shared_loop import LoopSnapshot, SharedLoop
from distill_app.dsp.sound import Samples, Sound

RATE = 44_100
FRAMES = 22_050
WRAP = round(WRAP_SECONDS * RATE)
STEP = 2 * np.pi * 440 / RATE
"""The largest step from sample to sample in a full-scale sine of 440 Hz."""


def tone(hertz: float = 440.0, phase: float = 0.0, frames: int = FRAMES) -> Sound:
    moments = np.arange(frames) / RATE
    return Sound(np.sin(2 * np.pi * hertz * moments + phase).astype(np.float32)[None], RATE)


def piece(frames: int, hertz: float, phase: float) -> Samples:
    return tone(hertz, phase, frames).samples[0]


def playing(sound: Sound) -> SharedLoop:
    live = SharedLoop(RATE)
    live.set_loop(sound)
    live.play(0)
    read(live, 2000)
    return live


def read(live: SharedLoop, frames: int) -> Samples:
    return live.next_block(frames)[1][:, 0]


def largest_step(samples: Samples) -> float:
    return float(np.abs(np.diff(samples)).max())


def test_a_patch_ahead_of_the_playhead_changes_nothing_else() -> None:
    sound, live = tone(), playing(tone())
    live.patch(5000, np.full(4000, 0.25, np.float32))
    heard = read(live, 10_000)
    np.testing.assert_array_equal(heard[:3000], sound.samples[0, 2000:5000])
    assert (heard[3700:6300] == np.float32(0.25)).all()
    np.testing.assert_array_equal(heard[7000:], sound.samples[0, 9000:12_000])


def test_a_patch_at_the_playhead_is_heard_at_once() -> None:
    live = playing(tone())
    live.patch(0, np.full(10_000, 0.25, np.float32))
    heard = read(live, 5000)
    assert heard[0] == tone().samples[0, 2000]
    assert (heard[700:] == np.float32(0.25)).all()


def test_setting_the_sound_again_removes_the_patches() -> None:
    sound = tone()
    live = playing(sound)
    live.patch(0, np.zeros(FRAMES, np.float32))
    assert not read(live, 2000)[1000:].any()
    live.set_loop(sound)
    read(live, 1000)
    np.testing.assert_array_equal(read(live, 1000), sound.samples[0, 5000:6000])


def test_patches_leave_the_sound_object_unchanged() -> None:
    sound = tone()
    live = playing(sound)
    live.patch(0, np.zeros(FRAMES, np.float32))
    np.testing.assert_array_equal(sound.samples, tone().samples)


def test_a_patch_equal_to_the_sound_changes_nothing() -> None:
    sound = tone()
    live, other = playing(sound), playing(sound)
    live.patch(1024, sound.samples[0, 1024:9216])
    np.testing.assert_allclose(read(live, 20_000), read(other, 20_000), atol=1e-6)


@pytest.mark.parametrize(("frames", "place"), [(100, 2100), (FRAMES - 2000, WRAP), (FRAMES - 1000, WRAP + 1000)])
def test_a_snapshot_predicts_the_position(frames: int, place: int) -> None:
    live = playing(tone())
    assert live.snapshot().after(frames) == place
    read(live, frames)
    assert live.snapshot().position == place


def test_without_looping_the_position_stops_at_the_end() -> None:
    assert LoopSnapshot(True, 100, 1000, 30, looping=False).after(5000) == 1000


Action = tuple[str, int, int, float]
ACTIONS = st.tuples(
    st.sampled_from(["patch", "set", "jump", "read"]),
    st.integers(0, FRAMES - 1),
    st.integers(1, 9000),
    st.floats(0, 6),
)


@settings(deadline=None, max_examples=150)
@given(actions=st.lists(ACTIONS, min_size=1, max_size=25))
def test_any_sequence_of_changes_makes_no_step_and_ends_with_the_last_sound(
    actions: list[Action],
) -> None:
    """Two full-scale sounds may meet in a splice, a third fading out beneath: hence the factor."""
    live = playing(tone())
    heard = [read(live, 100)]
    for action, place, size, phase in actions:
        _do(live, action, place, size, phase)
        heard.append(read(live, size % 1500 + 1))
    final = tone(311.0, 1.0)
    live.set_loop(final)
    heard.append(read(live, 2 * FRAMES))
    assert largest_step(np.concatenate(heard)) < 3.5 * STEP
    assert_is_the_loop(live, final)


def _do(live: SharedLoop, action: str, place: int, size: int, phase: float) -> None:
    if action == "patch":
        live.patch(place, piece(min(size, FRAMES - place), 300 + 20 * phase, phase))
    elif action == "set":
        live.set_loop(tone(350.0, phase))
    elif action == "jump":
        live.play(place)


def assert_is_the_loop(live: SharedLoop, sound: Sound) -> None:
    """Asserts that one round, without the loop's own crossfade, is the sound."""
    read(live, (FRAMES - live.snapshot().position) % FRAMES)
    start = live.snapshot().position
    np.testing.assert_array_equal(read(live, FRAMES - WRAP - start), sound.samples[0, start : FRAMES - WRAP])


def ring(lap: int = 0) -> SharedLoop:
    """Ring of half a second that plays, with a ramp of a third of it written."""
    live = SharedLoop(RATE)
    live.set_ring(FRAMES / RATE, lap, 0, ramp(0, FRAMES // 3))
    live.play(0)
    return live


def ramp(start: int, frames: int) -> Samples:
    return np.arange(start, start + frames, dtype=np.float32)


def test_a_ring_that_is_written_ahead_plays_on() -> None:
    live, written, heard = ring(), FRAMES // 3, []
    for _ in range(40):
        heard.append(read(live, 2_205))
        live.patch(written - 1_500, ramp(written - 1_500, 2_205 + 1_500))
        written += 2_205
    np.testing.assert_allclose(np.concatenate(heard), ramp(0, 40 * 2_205), atol=0.05)
    assert live.snapshot().position == 40 * 2_205, "the position counts on"


def test_a_ring_of_laps_ends_with_a_lap_unless_it_is_looped() -> None:
    live = ring(lap=2_000)
    assert read(live, 5_000)[4_500] == 4_500
    live.looping = False
    heard = read(live, 4_000)
    assert heard[999] == 5_999
    assert not heard[1_000:].any()
    assert not live.playing


def test_a_lap_begins_without_a_fade_into_what_was_there_before() -> None:
    live = ring(lap=5_000)
    live.patch(10_000, np.full(5_000, 0.5, np.float32))
    assert (read(live, 15_000)[10_000:] == 0.5).all()


def test_a_loop_takes_over_where_the_ring_has_come_to() -> None:
    live = ring()
    read(live, 7_000)
    live.set_loop(Sound(ramp(0, 6_000)[None], RATE))
    assert live.snapshot().position == 1_000
    assert read(live, 2_000)[1_000] == 2_000


def test_a_ring_takes_over_at_the_position_of_a_loop() -> None:
    live = playing(tone())
    live.set_ring(1.0, 0, 2_000, ramp(2_000, 3_000))
    assert read(live, 2_000)[1_000] == 3_000


def test_starting_and_stopping_is_reported() -> None:
    live, reports = playing(tone()), []
    live.on_transport = lambda: reports.append(live.playing)
    live.stop()
    live.play(0)
    assert reports == [False, True]


def test_a_patch_longer_than_the_ring_is_refused() -> None:
    with pytest.raises(ValueError, match="no longer than the ring"):
        ring().patch(0, np.zeros(FRAMES + 1, np.float32))
