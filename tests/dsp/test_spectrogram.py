"""The picture shows every tone at its place and level, and loses nothing however long the sound is."""

import tracemalloc

import numpy as np
import pytest

from distill_app.common.generators import drain, map_steps
from distill_app.dsp.sound import Samples
from distill_app.dsp.spectrogram import DB_FLOOR, spectrogram, spectrogram_steps

_RATE = 44_100


def _sine(hertz: float, seconds: float = 2.0, amplitude: float = 1.0) -> Samples:
    turns = 2 * np.pi * hertz * np.arange(round(seconds * _RATE)) / _RATE
    return (amplitude * np.sin(turns)).astype(np.float32)


@pytest.mark.parametrize("number", [50, 300, 900])
def test_a_full_scale_sine_on_a_bin_is_zero_decibels(number: int) -> None:
    hertz = number * _RATE / 2048
    picture = spectrogram(_sine(hertz), _RATE, columns=100)
    column = picture.levels[:, 50]
    assert column.max() == pytest.approx(0.0, abs=0.01)
    assert picture.frequency(int(column.argmax())) == pytest.approx(hertz, rel=0.02)


@pytest.mark.parametrize("hertz", [55, 110, 261.6, 440, 660, 720, 1000, 5000, 15_000])
def test_any_tone_stands_at_its_place_and_within_the_windows_scallop(hertz: float) -> None:
    picture = spectrogram(_sine(hertz, amplitude=0.1), _RATE, columns=100)
    column = picture.levels[:, 50]
    near = 12 if hertz < 100 else 1.5  # rows: a window of a tenth of a second cannot say more
    row = 255 * np.log(hertz / 40) / np.log(500)
    assert abs(int(column.argmax()) - row) <= near
    assert -20 - 1.5 <= column.max() <= -20 + 0.05


def test_what_is_not_there_is_dark() -> None:
    picture = spectrogram(_sine(1000), _RATE, columns=100)
    rows = np.array([picture.frequency(row) for row in range(256)])
    away = (rows < 700) | (rows > 1400)
    assert picture.levels[away, 50].max() < -70
    assert spectrogram(np.zeros(_RATE, np.float32), _RATE).levels.max() == DB_FLOOR


def test_shape_range_and_time() -> None:
    picture = spectrogram(_sine(440, 1.5), _RATE, rows=64, columns=300)
    assert picture.levels.shape == (64, 300)
    assert picture.levels.dtype == np.float32
    assert (picture.low_hz, picture.high_hz, picture.seconds) == (40.0, 20_000.0, 1.5)
    assert picture.levels.min() >= DB_FLOOR
    assert picture.levels.max() <= 0


def test_louder_than_full_scale_stays_at_the_top() -> None:
    assert spectrogram(_sine(1000, amplitude=4.0), _RATE).levels.max() == 0.0


@pytest.mark.parametrize("seconds", [4.0, 120.0])
def test_a_click_is_seen_where_it_is_however_long_the_sound(seconds: float) -> None:
    sound = np.zeros(round(seconds * _RATE), np.float32)
    sound[round(0.7 * len(sound))] = 1.0
    picture = spectrogram(sound, _RATE, columns=200)
    column = picture.levels[200].argmax()  # a row high up, with the short window
    assert abs(int(column) - 140) <= 1
    assert picture.levels[200, column] > -65  # the click's energy, spread over a window of 2048
    assert picture.levels[200, :130].max() == DB_FLOOR


def test_it_is_computed_in_steps() -> None:
    """A moved slider is answered between them."""
    sound = _sine(440, 4.0)
    batches: list[int] = []
    levels = drain(map_steps(spectrogram_steps(sound, _RATE), lambda _: batches.append(1))).levels
    assert len(batches) >= 30
    np.testing.assert_array_equal(levels, spectrogram(sound, _RATE).levels)


def test_the_shortest_sound_has_a_picture() -> None:
    assert np.isfinite(spectrogram(np.ones(1, np.float32), _RATE).levels).all()
    assert spectrogram(_sine(440, 0.1), _RATE).levels.max() > -3


def test_lower_rates_end_at_their_half() -> None:
    picture = spectrogram(np.random.default_rng(0).normal(size=8000).astype(np.float32), 16_000, columns=50)
    assert picture.high_hz == 8_000
    assert (picture.levels[:, 25] > -60).all()


@pytest.mark.parametrize(("samples", "rows", "columns"), [(0, 10, 10), (10, 1, 10), (10, 10, 0)])
def test_refuses_what_has_no_picture(samples: int, rows: int, columns: int) -> None:
    with pytest.raises(ValueError, match="needs"):
        spectrogram(np.zeros(samples, np.float32), _RATE, rows, columns)


def test_two_minutes_need_little_memory() -> None:
    sound = np.zeros(120 * _RATE, np.float32)
    tracemalloc.start()
    spectrogram(sound, _RATE)
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert most < 13e6  # the sound itself has 21 MB


def test_a_click_begins_and_ends_at_once_at_every_frequency() -> None:
    """In columns of 4 ms; the long window of the bass alone reaches 23 ms further to either side."""
    sound = np.zeros(4 * _RATE, np.float32)
    sound[2 * _RATE] = 1.0
    bright = spectrogram(sound, _RATE).levels > -75
    assert np.ptp(bright.argmax(axis=1)) <= 2
    assert np.ptp(bright[:, ::-1].argmax(axis=1)) <= 2
