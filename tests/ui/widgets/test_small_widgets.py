"""Meter, progress line, toast and fields."""

import math
import time

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from distill_app.ui.play.number_fields import SecondsSpinBox, SeedSpinBox
from distill_app.ui.style.theme import TOKENS
from distill_app.ui.widgets.input_fields import ComboBox
from distill_app.ui.widgets.level_meter import LevelMeter
from distill_app.ui.widgets.progress_bar import LabeledProgressBar, ProgressBar
from distill_app.ui.widgets.toast import Message, Toast
from tests.ui.painting import PaintedArea
from tests.ui.style.test_theme import contrast


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


def test_meter_rises_at_once_falls_slowly_and_holds(qtbot: QtBot) -> None:
    clock = Clock()
    meter = LevelMeter(clock)
    qtbot.addWidget(meter)
    meter.feed(-6.0, -6.0)
    assert (meter.level_db, meter.accessibleDescription()) == (-6.0, "−6.0 dB")
    clock.now += 0.5
    meter.feed(-40.0, -40.0)
    assert meter.level_db == pytest.approx(-18.0)
    assert meter.accessibleDescription() == "−6.0 dB"
    clock.now += 1.5
    meter.feed(-40.0, -40.0)
    assert meter.accessibleDescription() == "−40.0 dB"
    clock.now += 10
    meter.feed(-math.inf, -math.inf)
    assert meter.level_db == -math.inf


def test_an_empty_meter_and_its_dark_clip_light_have_contrast(qtbot: QtBot) -> None:
    meter = LevelMeter(Clock())
    qtbot.addWidget(meter)
    meter.resize(40, 200)
    meter.show()
    picture = meter.grab().toImage()
    assert all(contrast(picture.pixelColor(13, y).name(), TOKENS.panel) >= 3 for y in (4, 60, 120))


def test_the_rest_of_a_progress_line_has_contrast(qtbot: QtBot) -> None:
    bar = ProgressBar()
    qtbot.addWidget(bar)
    bar.setFixedWidth(160)
    bar.set_fraction(0.5)
    bar.show()
    assert contrast(bar.grab().toImage().pixelColor(140, 3).name(), TOKENS.panel) >= 3


def test_clip_light_stays_until_clicked(qtbot: QtBot) -> None:
    meter = LevelMeter(Clock())
    qtbot.addWidget(meter)
    meter.resize(40, 200)
    meter.show()
    meter.feed(1.0, 1.0, clipped=True)
    meter.feed(-20.0, -20.0)
    assert meter.clipped
    assert meter.grab().toImage().pixelColor(20, 4).name() == "#de4968"
    assert "clipped" in meter.accessibleDescription()
    QTest.mouseClick(meter, Qt.MouseButton.LeftButton)
    assert not meter.clipped


def test_the_limiter_light_goes_out_and_the_status_bar_shows_text(qtbot: QtBot) -> None:
    clock = Clock()
    meter = LevelMeter(clock)
    qtbot.addWidget(meter)
    meter.resize(40, 200)
    meter.show()
    meter.feed(-0.1, -0.1, limited=True)
    light = meter.grab().toImage().pixelColor(7, 20).name()
    assert light == "#f2c14e"
    assert "limited" in meter.accessibleDescription()
    clock.now += 0.5
    meter.feed(-20.0, -20.0)
    assert "limited" in meter.accessibleDescription(), "long enough to be seen"
    clock.now += 0.2
    meter.feed(-20.0, -20.0)
    assert meter.grab().toImage().pixelColor(7, 20).name() != light
    assert "limited" not in meter.accessibleDescription()


def test_a_bypassed_limiter_is_struck_out_and_named(qtbot: QtBot) -> None:
    meter = LevelMeter(Clock())
    qtbot.addWidget(meter)
    meter.resize(40, 200)
    meter.feed(-6.0, -6.0)
    on = meter.grab().toImage()
    meter.show_limiting(False)
    assert meter.grab().toImage() != on
    assert meter.accessibleDescription() == "−6.0 dB, limiter off"
    meter.show_limiting(True)
    assert meter.grab().toImage() == on


def test_an_unchanged_meter_paints_nothing(qtbot: QtBot) -> None:
    meter = LevelMeter(Clock())
    qtbot.addWidget(meter)
    meter.resize(40, 200)
    meter.show()
    qtbot.waitExposed(meter)
    meter.feed(-6.0, -6.0)
    qtbot.wait(20)
    painted = PaintedArea(meter)
    meter.feed(-6.0, -6.0)
    qtbot.wait(20)
    assert painted.pixels == []
    meter.feed(-3.0, -3.0)
    qtbot.waitUntil(lambda: bool(painted.pixels), timeout=60_000)


def test_meter_draws_more_for_louder(qtbot: QtBot) -> None:
    heights = []
    for level in (-40.0, -10.0):
        meter = LevelMeter(Clock())
        qtbot.addWidget(meter)
        meter.resize(40, 200)
        meter.feed(level, level)
        image = meter.grab().toImage()
        heights.append(sum(image.pixelColor(16, y).name() == "#fe9f6d" for y in range(200)))
    assert heights[0] < heights[1]


def test_each_channel_has_its_bar_and_the_louder_one_is_named(qtbot: QtBot) -> None:
    meter = LevelMeter(Clock())
    qtbot.addWidget(meter)
    meter.resize(40, 200)
    meter.feed(-40.0, -10.0)
    image = meter.grab().toImage()
    left, right = (sum(image.pixelColor(x, y).name() == "#fe9f6d" for y in range(200)) for x in (16, 24))
    assert 0 < left < right
    assert meter.accessibleDescription() == "−10.0 dB"


def test_progress_shows_only_after_200_ms(qtbot: QtBot) -> None:
    line = LabeledProgressBar()
    qtbot.addWidget(line)
    line.show()
    line.start("Vocoding")
    line.finish()
    qtbot.wait(250)
    assert line.stage == "", "work that ended at once never shows"
    begun = time.monotonic()
    with qtbot.waitSignal(line.appeared, timeout=60_000):
        line.start("Vocoding")
        assert line.stage == ""
    assert time.monotonic() - begun > 0.18, "Qt's timers may be a twentieth early, and late on a busy machine"
    assert line.stage == "Vocoding"
    line.advance("Drawing", 0.5)
    assert (line.stage, line.fraction) == ("Drawing", 0.5)
    line.finish()
    assert line.stage == ""


def test_a_bar_of_unknown_progress_is_animated(qtbot: QtBot) -> None:
    bar = ProgressBar()
    qtbot.addWidget(bar)
    bar.resize(160, 6)
    bar.show()
    still = bar.grab().toImage()
    qtbot.waitUntil(lambda: bar.grab().toImage() != still, timeout=60_000)
    bar.set_fraction(0.5)
    filled = bar.grab().toImage()
    qtbot.wait(120)
    assert bar.grab().toImage() == filled


@pytest.fixture
def stage(qtbot: QtBot) -> QWidget:
    stage = QWidget()
    stage.resize(800, 400)
    qtbot.addWidget(stage)
    stage.show()
    qtbot.waitExposed(stage)
    return stage


class Above:
    """A place for messages that ends 40 pixels above the lower edge."""

    def __init__(self, stage: QWidget) -> None:
        self.widget = stage

    def area(self, height: int) -> QRect:
        return self.widget.rect().adjusted(0, 0, 0, -40)

    def reserve(self, height: int) -> None:
        """Reserves nothing."""


def test_error_toast_stays_and_offers_its_action(qtbot: QtBot, stage: QWidget) -> None:
    toast, done = Toast(stage, Above(stage)), []
    toast.show_message(Message("error", "The file is damaged.", "Details", lambda: done.append(1)))
    assert toast.isVisible()
    assert toast.accessibleName() == "Error: The file is damaged."
    qtbot.wait(300)
    assert stage.rect().contains(toast.geometry())
    assert toast.geometry().bottom() == stage.height() - 40 - 1
    QTest.mouseClick(toast._action, Qt.MouseButton.LeftButton)
    assert done == [1]
    assert not toast.isVisible()


def test_toast_wraps_long_sentences_inside_its_parent(qtbot: QtBot, stage: QWidget) -> None:
    toast = Toast(stage, Above(stage))
    toast.show_message(Message("error", "A very long sentence about what happened. " * 8, "Details"))
    qtbot.wait(300)
    assert stage.rect().contains(toast.geometry())
    label = toast._sentence
    assert label.heightForWidth(label.width()) <= label.height()


def test_a_combo_box_ignores_the_wheel_without_focus_and_signals_user_changes_only(qtbot: QtBot) -> None:
    choice = ComboBox()
    chosen: list[object] = []
    choice.addItem("One", 1)
    choice.addItem("Two", 2)
    choice.chosen.connect(chosen.append)
    qtbot.addWidget(choice)
    choice.show()
    choice.show_data(2)
    assert (choice.currentIndex(), chosen) == (1, [])
    choice.setFocus()
    QTest.keyClick(choice, Qt.Key.Key_Up)
    assert chosen == [1]


@pytest.mark.parametrize(("box", "text", "value"), [(SecondsSpinBox, "2.5", 2.5), (SeedSpinBox, "42", 42)])
def test_fields_take_typed_numbers_once(
    qtbot: QtBot, box: type[SecondsSpinBox] | type[SeedSpinBox], text: str, value: float
) -> None:
    field = box()
    edits: list[float] = []
    field.edited.connect(edits.append)
    qtbot.addWidget(field)
    field.show()
    field.show_value(1)
    assert edits == []
    field.selectAll()
    QTest.keyClicks(field, text)
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert edits == [value]


def test_quick_steps_are_one_edit(qtbot: QtBot) -> None:
    field = SeedSpinBox()
    edits: list[float] = []
    field.edited.connect(edits.append)
    qtbot.addWidget(field)
    field.show()
    for _ in range(3):
        QTest.mouseClick(field, Qt.MouseButton.LeftButton, pos=QPoint(field.width() - 10, 8))
    qtbot.waitUntil(lambda: bool(edits), timeout=60_000)
    assert edits == [3]
