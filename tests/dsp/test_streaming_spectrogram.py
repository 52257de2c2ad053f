"""Columns of a sound that goes on are those of the whole sound, whatever the blocks it comes in."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from distill_app.audio.loop_source import LoopSource
from distill_app.dsp.log_frequency import DB_FLOOR, FrequencyScale, MultiResolution
from distill_app.dsp.sound import Samples, Sound
from distill_app.dsp.spectrogram import spectrogram
from distill_app.dsp.streaming_spectrogram import StreamingSpectrogram

RATE = 44_100


def sine(hertz: float, seconds: float, amplitude: float = 1.0) -> Samples:
    turns = 2 * np.pi * hertz * np.arange(round(seconds * RATE)) / RATE
    return (amplitude * np.sin(turns)).astype(np.float32)


@pytest.mark.parametrize("hertz", [110.0, 440.0, 1000.0, 8000.0])
def test_a_tone_stands_at_its_row_and_level(hertz: float) -> None:
    live = StreamingSpectrogram(RATE, 256, 90.0)
    column = live.push(sine(hertz, 0.5, 0.1))[:, -1]
    assert abs(int(column.argmax()) - live.scale.row(hertz)) <= 1.5
    assert column.max() == pytest.approx(-20.0, abs=1.5)


@settings(max_examples=30, deadline=None)
@given(st.lists(st.integers(0, 3000), min_size=1, max_size=12), st.sampled_from([90.0, 112.5, 61.7]))
def test_blocks_do_not_matter(sizes: list[int], pace: float) -> None:
    sound = np.random.default_rng(1).standard_normal(sum(sizes)).astype(np.float32) * 0.1
    whole = StreamingSpectrogram(RATE, 64, pace).push(sound)
    live = StreamingSpectrogram(RATE, 64, pace)
    pieces = [live.push(piece) for piece in np.split(sound, np.cumsum(sizes)[:-1])]
    np.testing.assert_allclose(np.concatenate(pieces, axis=1), whole, atol=1e-3)


def test_columns_come_at_their_pace_and_half_a_window_late() -> None:
    live = StreamingSpectrogram(RATE, 64, 90.0)
    columns = live.push(np.zeros(RATE * 10, np.float32)).shape[1]
    assert columns == pytest.approx((10 - 4096 / 2 / RATE) * 90, abs=1)
    assert live.push(np.zeros(100, np.float32)).shape[0] == 64


def test_it_is_the_picture_of_the_whole_sound() -> None:
    """Rows and levels equal those of a render's spectrogram."""
    sound = sine(300, 2.0, 0.3) + sine(3000, 2.0, 0.03)
    whole = spectrogram(sound, RATE, rows=128, columns=180).levels
    live = StreamingSpectrogram(RATE, 128, 90.0).push(sound)
    np.testing.assert_allclose(live[:, 90], whole[:, 90], atol=3.0)
    assert live[:, 90].argmax() == whole[:, 90].argmax()


def test_a_click_is_one_narrow_moment_at_the_top_and_silence_is_dark() -> None:
    sound = np.zeros(RATE, np.float32)
    sound[RATE // 2] = 1.0
    columns = StreamingSpectrogram(RATE, 128, 90.0).push(sound)
    seen = np.flatnonzero(columns[-20:].max(axis=0) > -75) / 90
    assert seen.min() > 0.5 - 0.03
    assert seen.max() < 0.5 + 0.03
    assert columns[:, :20].max() == DB_FLOOR


def test_nothing_grows() -> None:
    live = StreamingSpectrogram(RATE, 450, 90.0)
    block = np.random.default_rng(0).standard_normal(735).astype(np.float32)
    for _ in range(200):
        live.push(block)
    assert len(live._buffer) < 2 * 4096


def test_changed_rows_continue_at_the_current_time() -> None:
    sound = sine(1000, 1.0, 0.5)
    live = StreamingSpectrogram(RATE, 64, 90.0)
    first = live.push(sound[: RATE // 2]).shape[1]
    rest = live.with_rows(128).push(sound[RATE // 2 :])
    assert first + rest.shape[1] == StreamingSpectrogram(RATE, 64, 90.0).push(sound).shape[1]
    assert rest[:, 0].max() == pytest.approx(rest[:, -1].max(), abs=0.5), "no dark seam"


def test_what_makes_no_picture_is_refused() -> None:
    for rows, pace in ((1, 90.0), (64, 0.0)):
        with pytest.raises(ValueError, match="live spectrogram"):
            StreamingSpectrogram(RATE, rows, pace)


def seen_in(columns: np.ndarray, above: float) -> tuple[np.ndarray, np.ndarray]:
    """The first and the last column `[rows]` in which each row is brighter than `above` dB."""
    bright = columns > above
    return bright.argmax(axis=1), bright.shape[1] - 1 - bright[:, ::-1].argmax(axis=1)


def test_a_click_stands_in_one_column_at_every_frequency() -> None:
    """At the pace of a screen of twice the density, where a window that begins early is seen best."""
    sound = np.zeros(RATE, np.float32)
    sound[RATE // 2] = 1.0
    columns = StreamingSpectrogram(RATE, 256, 120.0).push(sound)
    assert abs(columns.argmax(axis=1) - 60).max() <= 1
    first, last = seen_in(columns, -80)
    assert np.ptp(first) <= 1
    assert np.ptp(last) <= 1


def test_bass_begins_and_ends_with_the_treble() -> None:
    """The brightest of eight neighbouring rows each: noise has holes, and no two rows of it begin alike."""
    rng = np.random.default_rng(3)
    sound = np.zeros(2 * RATE, np.float32)
    sound[RATE // 2 : RATE] = 0.1 * rng.standard_normal(RATE // 2)
    columns = StreamingSpectrogram(RATE, 128, 120.0).push(sound).reshape(16, 8, -1).max(axis=1)
    for moments in seen_in(columns, -70):
        assert np.ptp(moments) <= 1


def test_a_sound_met_midway_begins_without_a_line_over_all_heights() -> None:
    sound = sine(300, 1.0, 0.5)[1000:]
    columns = StreamingSpectrogram(RATE, 128, 60.0, starts_midway=True).push(sound)
    assert columns[-20:].max() < -75
    assert StreamingSpectrogram(RATE, 128, 60.0).push(sound)[-20:].max() > -75, "as from silence it is a click"


@pytest.mark.parametrize("size", [1, 37, 256, 700])
def test_midway_columns_do_not_depend_on_the_blocks(size: int) -> None:
    sound = np.random.default_rng(1).standard_normal(9000).astype(np.float32) * 0.1
    whole = StreamingSpectrogram(RATE, 64, 90.0, starts_midway=True).push(sound)
    live = StreamingSpectrogram(RATE, 64, 90.0, starts_midway=True)
    pieces = [live.push(sound[start : start + size]) for start in range(0, len(sound), size)]
    np.testing.assert_allclose(np.concatenate(pieces, axis=1), whole, atol=1e-3)


def test_two_close_pitches_are_steady_over_the_borders_of_blocks() -> None:
    """110 and 160 Hz: the long window tells them apart, and the short one does not make them flicker."""
    sound = sine(110, 2.0, 0.3) + sine(160, 2.0, 0.3)
    live = StreamingSpectrogram(RATE, 256, 60.0)
    columns = np.concatenate([live.push(sound[start : start + 256]) for start in range(0, len(sound), 256)], axis=1)
    for hertz in (110.0, 160.0):
        row = columns[round(live.scale.row(hertz)), 10:-10]
        assert np.ptp(row) < 1.0


def test_a_crossfade_from_one_sound_to_another_draws_no_line() -> None:
    """Two dull sounds, spliced as a slider's jump splices them: what is not heard above 9.5 kHz is not seen there."""
    source = LoopSource(RATE)
    source.set_loop(Sound(sine(300, 1.0, 0.3)[None], RATE))
    source.play()
    blocks = [source.next_block(256) for _ in range(100)]
    source.set_loop(Sound((sine(410, 1.0, 0.3) + sine(950, 1.0, 0.1))[None], RATE))
    blocks += [source.next_block(256) for _ in range(100)]
    live = StreamingSpectrogram(RATE, 256, 60.0)
    columns = np.concatenate([live.push(block.mean(axis=1)) for block in blocks], axis=1)
    high = columns[round(live.scale.row(9500.0)) :, 5:]
    assert (high.max(axis=0) - np.median(high.max(axis=0))).max() < 8


def test_noise_is_not_pierced_where_the_short_window_bounds_the_long_one() -> None:
    """Below 700 Hz the picture of steady noise is that of the long window alone."""
    resolution = MultiResolution.of(FrequencyScale.of(RATE, 256), RATE)
    windows = np.random.default_rng(5).standard_normal((400, resolution.long.size)).astype(np.float32)
    shown = resolution.magnitudes(windows)[resolution.long.row_range]
    assert np.mean(shown < resolution.long.magnitudes(windows)) < 0.002
