"""The spectrogram: positions, ticks and read-out."""

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from distill_app.dsp.spectrogram import Spectrogram
from distill_app.ui.widgets.plot_ticks import frequency_ticks, past_time_ticks, time_ticks
from distill_app.ui.widgets.spectrogram_view import SpectrogramView
from tests.ui.fakes import picture
from tests.ui.painting import PaintedArea


@pytest.fixture
def view(qtbot: QtBot) -> SpectrogramView:
    view = SpectrogramView()
    view.resize(764, 424)  # 700 x 400 pixels of picture
    qtbot.addWidget(view)
    view.show()
    qtbot.waitExposed(view)
    view.set_picture(picture(4.0))
    qtbot.wait(20)
    return view


def pixel(view: SpectrogramView, x: float, y: float) -> QColor:
    """The colour at a fraction of the picture from the left and from the bottom."""
    image = view.grab().toImage()
    scale = image.devicePixelRatio()
    return image.pixelColor(round((64 + x * 700) * scale), round((400 - y * 400) * scale))


def test_low_is_at_the_bottom_dark_is_soft(view: SpectrogramView) -> None:
    assert pixel(view, 0.3, 0.01).lightness() < 10
    assert pixel(view, 0.3, 0.99).lightness() > 180


def test_the_range_is_fixed(view: SpectrogramView) -> None:
    """A quieter picture is darker: nothing is scaled to its own peak."""
    loud = pixel(view, 0.3, 0.9).lightness()
    levels = picture().levels - 30
    view.set_picture(Spectrogram(np.maximum(levels, -90).astype(np.float32), 40.0, 20_000.0, 4.0))
    assert pixel(view, 0.3, 0.9).lightness() < loud


def test_dimming_keeps_the_picture(view: SpectrogramView) -> None:
    bright = pixel(view, 0.3, 0.9).lightness()
    view.set_dimmed(True)
    assert 0 < pixel(view, 0.3, 0.9).lightness() < bright
    assert view.dimmed


def test_playhead_is_white_on_black(view: SpectrogramView) -> None:
    view.set_playhead(2.0)
    image = view.grab().toImage()
    row = [image.pixelColor(64 + 350 + offset, 100).lightness() for offset in range(-5, 6)]
    assert max(row) > 200
    assert min(row) < 40
    view.set_playhead(None)
    assert view.playhead is None


def test_click_and_drag_seek(qtbot: QtBot, view: SpectrogramView) -> None:
    sought: list[float] = []
    view.seek_asked.connect(sought.append)
    QTest.mouseClick(view, Qt.MouseButton.LeftButton, pos=QPoint(64 + 175, 200))
    assert sought == pytest.approx([1.0], abs=0.03)
    QTest.mouseClick(view, Qt.MouseButton.LeftButton, pos=QPoint(20, 200))
    assert len(sought) == 1, "the axis is no part of the picture"


def test_right_click_seeks_nothing(qtbot: QtBot, view: SpectrogramView) -> None:
    sought: list[float] = []
    view.seek_asked.connect(sought.append)
    QTest.mouseClick(view, Qt.MouseButton.RightButton, pos=QPoint(300, 200))
    assert sought == []


def test_a_moving_playhead_repaints_its_strip_alone(qtbot: QtBot, view: SpectrogramView) -> None:
    """It moves sixty times a second: the whole picture would cost a fifth of a core."""
    view.set_playhead(1.0)
    qtbot.wait(20)
    painted = PaintedArea(view)
    view.set_playhead(1.01)
    qtbot.waitUntil(lambda: bool(painted.pixels), timeout=60_000)
    assert max(painted.pixels) <= 24 * 400


def test_hover_reads_time_hertz_note_and_level(qtbot: QtBot, view: SpectrogramView) -> None:
    read: list[str] = []
    view.hovered.connect(read.append)
    y = 400 - (picture().scale.row(440.0) + 0.5) / 256 * 400
    QTest.mouseMove(view, QPoint(64 + 350, 50))
    QTest.mouseMove(view, QPoint(64 + 350, round(y)))
    qtbot.waitUntil(lambda: bool(read), timeout=60_000)
    seconds, hertz, note, level = read[-1].split(" · ")
    assert abs(float(seconds.removesuffix(" s")) - 2.0) < 0.03
    assert abs(float(hertz.removesuffix(" Hz")) - 440) < 8
    assert note.startswith("A4")
    assert level.endswith(" dB")


def test_read_out_is_right_at_the_middle_of_a_row(view: SpectrogramView) -> None:
    row = picture().scale.row(1000.0)
    text = view.read_out(1.0, row + 0.5)
    assert "1.00 kHz" in text or "1000 Hz" in text
    expected = float(picture().levels[int(row + 0.5), 0])
    assert f"{abs(expected):.1f} dB" in text


def test_ticks_carry_their_units_and_fit() -> None:
    rows = frequency_ticks(picture().scale, 400)
    assert "100 Hz" in [text for _, text in rows]
    assert "10 kHz" in [text for _, text in rows]
    for row, text in rows:
        number, unit = text.split()
        hertz = float(number) * (1000 if unit == "kHz" else 1)
        assert picture().frequency(row - 0.5) == pytest.approx(hertz)
    assert len(frequency_ticks(picture().scale, 120)) <= 3


def test_live_time_ticks_count_back_from_the_right_edge() -> None:
    ticks = past_time_ticks(7.8, 700)
    assert [text for _, text in ticks] == ["−7 s", "−6 s", "−5 s", "−4 s", "−3 s", "−2 s", "−1 s"]
    assert ticks[-1][0] == pytest.approx(6.8)


@pytest.mark.parametrize("seconds", [0.1, 1.0, 4.0, 59.0, 600.0])
@pytest.mark.parametrize("width", [400.0, 1200.0])
def test_time_ticks_are_round_and_do_not_crowd(seconds: float, width: float) -> None:
    ticks = time_ticks(seconds, width)
    assert ticks
    places = [moment for moment, _ in ticks]
    assert all(0 < place < seconds for place in places)
    gaps = np.diff([0.0, *places]) * width / seconds
    assert gaps.min() >= 80
