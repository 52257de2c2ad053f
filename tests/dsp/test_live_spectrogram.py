"""Columns of a sound that goes on are those of the whole sound, whatever the blocks it comes in."""

import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from distill_app.dsp.frequency_rows import DB_FLOOR
from distill_app.dsp.live_spectrogram import LiveSpectrogram
from distill_app.dsp.sound import Samples
from distill_app.dsp.spectrogram import spectrogram

RATE = 44_100


def sine(hertz: float, seconds: float, amplitude: float = 1.0) -> Samples:
    turns = 2 * np.pi * hertz * np.arange(round(seconds * RATE)) / RATE
    return (amplitude * np.sin(turns)).astype(np.float32)


@pytest.mark.parametrize("hertz", [110.0, 440.0, 1000.0, 8000.0])
def test_a_tone_stands_at_its_row_and_level(hertz: float) -> None:
    live = LiveSpectrogram(RATE, 256, 90.0)
    column = live.push(sine(hertz, 0.5, 0.1))[:, -1]
    assert abs(int(column.argmax()) - live.scale.row(hertz)) <= 1.5
    assert column.max() == pytest.approx(-20.0, abs=1.5)


@settings(max_examples=30, deadline=None)
@given(st.lists(st.integers(0, 3000), min_size=1, max_size=12), st.sampled_from([90.0, 112.5, 61.7]))
def test_blocks_do_not_matter(sizes: list[int], pace: float) -> None:
    sound = np.random.default_rng(1).standard_normal(sum(sizes)).astype(np.float32) * 0.1
    whole = LiveSpectrogram(RATE, 64, pace).push(sound)
    live = LiveSpectrogram(RATE, 64, pace)
    pieces = [live.push(piece) for piece in np.split(sound, np.cumsum(sizes)[:-1])]
    np.testing.assert_allclose(np.concatenate(pieces, axis=1), whole, atol=1e-3)


def test_columns_come_at_their_pace_and_half_a_window_late() -> None:
    live = LiveSpectrogram(RATE, 64, 90.0)
    columns = live.push(np.zeros(RATE * 10, np.float32)).shape[1]
    assert columns == pytest.approx((10 - 4096 / 2 / RATE) * 90, abs=1)
    assert live.push(np.zeros(100, np.float32)).shape[0] == 64


def test_it_is_the_picture_of_the_whole_sound() -> None:
    """The same rows and levels as the picture that a render brings."""
    sound = sine(300, 2.0, 0.3) + sine(3000, 2.0, 0.03)
    whole = spectrogram(sound, RATE, rows=128, columns=180).levels
    live = LiveSpectrogram(RATE, 128, 90.0).push(sound)
    np.testing.assert_allclose(live[:, 90], whole[:, 90], atol=3.0)
    assert live[:, 90].argmax() == whole[:, 90].argmax()


def test_a_click_is_one_narrow_moment_at_the_top_and_silence_is_dark() -> None:
    sound = np.zeros(RATE, np.float32)
    sound[RATE // 2] = 1.0
    columns = LiveSpectrogram(RATE, 128, 90.0).push(sound)
    seen = np.flatnonzero(columns[-20:].max(axis=0) > -75) / 90
    assert seen.min() > 0.5 - 0.03
    assert seen.max() < 0.5 + 0.03
    assert columns[:, :20].max() == DB_FLOOR


def test_nothing_grows_and_an_hour_would_be_cheap() -> None:
    live = LiveSpectrogram(RATE, 450, 90.0)
    block = np.random.default_rng(0).standard_normal(735).astype(np.float32)
    for _ in range(60):
        live.push(block)
    begun = time.process_time()
    for _ in range(600):
        live.push(block)
    assert time.process_time() - begun < 0.1 * 10, "a tenth of a core at 60 looks a second, on a slow machine"
    assert len(live._kept) < 2 * 4096


def test_other_rows_go_on_where_the_sound_is() -> None:
    sound = sine(1000, 1.0, 0.5)
    live = LiveSpectrogram(RATE, 64, 90.0)
    first = live.push(sound[: RATE // 2]).shape[1]
    rest = live.with_rows(128).push(sound[RATE // 2 :])
    assert first + rest.shape[1] == LiveSpectrogram(RATE, 64, 90.0).push(sound).shape[1]
    assert rest[:, 0].max() == pytest.approx(rest[:, -1].max(), abs=0.5), "no dark seam"


def test_what_makes_no_picture_is_refused() -> None:
    for rows, pace in ((1, 90.0), (64, 0.0)):
        with pytest.raises(ValueError, match="live spectrogram"):
            LiveSpectrogram(RATE, rows, pace)
