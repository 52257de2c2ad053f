"""The live spectrogram shows pushed columns in place, without moving pixels."""

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QSize
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from distill_app.dsp.sound import Samples
from distill_app.ui.style.colormap import color_indices, color_table, level_db_of
from distill_app.ui.widgets.live_spectrogram_view import PIXELS_PER_SECOND, ColumnRing, LiveSpectrogramView

RATE = 44_100


def sine(hertz: float, seconds: float, amplitude: float = 0.5) -> Samples:
    turns = 2 * np.pi * hertz * np.arange(round(seconds * RATE)) / RATE
    return (amplitude * np.sin(turns)).astype(np.float32)


@pytest.fixture
def view(qtbot: QtBot) -> LiveSpectrogramView:
    view = LiveSpectrogramView(RATE)
    view.resize(64 + 300, 24 + 200)
    qtbot.addWidget(view)
    view.show()
    qtbot.waitExposed(view)
    return view


def brightness(view: LiveSpectrogramView) -> np.ndarray:
    """Lightness `[200, 300]` of the picture's pixels, top row first."""
    image = view.grab().toImage()
    return np.array([[image.pixelColor(64 + x, y).lightness() for x in range(300)] for y in range(200)])


def test_the_ring_is_the_newest_columns_in_order() -> None:
    ring, written = ColumnRing(4, 10), np.zeros((4, 0), np.uint8)
    rng = np.random.default_rng(0)
    for count in (3, 0, 7, 5, 1, 23, 10, 2):
        columns = rng.integers(0, 256, (4, count)).astype(np.uint8)
        ring.write(columns)
        written = np.concatenate([written, columns], axis=1)
        expected = np.pad(written, ((0, 0), (10, 0)))[:, -10:]
        seen = [[ring.color_index(column, row) for column in range(10)] for row in range(4)]
        np.testing.assert_array_equal(seen, expected)


def test_a_ring_of_another_size_keeps_the_newest() -> None:
    ring = ColumnRing(4, 10)
    ring.write(np.tile(np.arange(0, 100, 10, dtype=np.uint8), (4, 1)))
    small, large = ring.resized(8, 4), ring.resized(2, 20)
    assert [small.color_index(column, 7) for column in range(4)] == [60, 70, 80, 90]
    assert [large.color_index(column, 0) for column in (9, 10, 19)] == [0, 0, 90]


def test_the_colormap_is_perceptually_even() -> None:
    assert color_indices(np.array([-90.0, 0.0, 6.0], np.float32)).tolist() == [0, 255, 255]
    assert level_db_of(255) == 0
    for level in (-80.0, -40.5, -3.0):
        shade = int(color_indices(np.array([level], np.float32))[0])
        assert level_db_of(shade) == pytest.approx(level, abs=0.5)
    assert len(set(color_table())) == 256, "a colour stands for one level"


def test_a_tone_is_a_line_at_its_height_and_the_newest_is_right(view: LiveSpectrogramView) -> None:
    view.push(sine(1000, 2.0))
    seen = brightness(view)
    row = 200 - (view.scale.row(1000.0) + 0.5) / 200 * 200 if view.scale else 0
    assert abs(int(seen[:, 290].argmax()) - row) <= 2
    assert seen[:, 299].max() > 60
    columns = 2.0 * PIXELS_PER_SECOND
    assert seen[:, : int(300 - columns) - 2].max() < 10, "nothing was heard so long ago"


def test_it_runs_from_right_to_left(view: LiveSpectrogramView) -> None:
    view.push(np.concatenate([sine(1000, 0.3), np.zeros(RATE, np.float32)]))
    before = int(brightness(view).max(axis=0).argmax())
    view.push(np.zeros(RATE, np.float32))
    after = int(brightness(view).max(axis=0).argmax())
    assert before - after == pytest.approx(PIXELS_PER_SECOND, abs=2)


def test_hover_reads_level_and_time(qtbot: QtBot, view: LiveSpectrogramView) -> None:
    view.push(sine(1000, 4.0))
    read: list[str] = []
    view.hovered.connect(read.append)
    assert view.scale is not None
    y = 200 - (view.scale.row(1000.0) + 0.5)
    QTest.mouseMove(view, QPoint(100, 20))
    QTest.mouseMove(view, QPoint(64 + 300 - 60, round(y)))
    qtbot.waitUntil(lambda: bool(read), timeout=60_000)
    moment, hertz, note, level = read[-1].split(" · ")
    assert float(moment.replace("−", "-").removesuffix(" s")) == pytest.approx(-1.0, abs=0.02)
    assert abs(float(hertz.split()[0]) * (1000 if "kHz" in hertz else 1) - 1000) < 30
    assert note.startswith("B5")
    assert abs(float(level.removeprefix("−").removesuffix(" dB")) - 6) < 2


def test_resizing_keeps_the_columns(qtbot: QtBot, view: LiveSpectrogramView) -> None:
    view.push(sine(1000, 2.0))
    view.resize(QSize(64 + 200, 24 + 100))
    view.push(sine(1000, 0.1))
    image = view.grab().toImage()
    columns = [max(image.pixelColor(64 + x, y).lightness() for y in range(100)) for x in range(90, 200)]
    assert min(columns) > 60, "no gap where the size changed"


def test_clear_is_black(view: LiveSpectrogramView) -> None:
    view.push(sine(1000, 2.0))
    view.clear()
    assert brightness(view).max() < 10
