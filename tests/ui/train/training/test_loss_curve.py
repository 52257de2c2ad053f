"""The curve of a training: what it keeps, what it says, what it costs."""

import time

import pytest
from PySide6.QtCore import QEvent, QPoint
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from distill_app.training.run.status import TrainingStatus
from distill_app.ui.style.theme import color
from distill_app.ui.train.training.history import Curve, TrainingHistory
from distill_app.ui.train.training.loss_curve import LossCurve
from distill_app.ui.train.training.plot_scale import Range, level_ticks, range_of, time_ticks


def line(seconds: float, error_db: float, loss: float = 4000.0) -> TrainingStatus:
    return TrainingStatus("train", "", 0.0, seconds=seconds, error_db=error_db, loss=loss)


def history(steps: int) -> TrainingHistory:
    result = TrainingHistory()
    for step in range(1, steps):
        result.add(line(0.5 * step, 4 + 40 / (step + 1) + 0.1 * (step % 7), 4000 + 100 * (step % 5)))
    return result


def test_a_night_of_points_stays_a_few_hundred_over_the_whole_time() -> None:
    curve = Curve()
    for second in range(50_000):
        curve.add(second, second / 2)
    assert len(curve.points) <= 256
    assert [curve.points[0], curve.points[-1]] == [(0, 0), (49_999, 49_999 / 2)]
    gaps = [later[0] - earlier[0] for earlier, later in zip(curve.points, curve.points[1:-1], strict=False)]
    assert len(set(gaps)) == 1
    assert curve.at(10_000) == pytest.approx(5_000, abs=300)


def test_a_moment_that_is_past_and_a_number_that_is_none_are_left_out() -> None:
    curve = Curve()
    for moment, value in ((1, 5.0), (1, 4.0), (0.5, 3.0), (2, float("nan")), (3, 2.0)):
        curve.add(moment, value)
    assert curve.points == [(1, 5.0), (3, 2.0)]


def test_the_best_is_remembered_with_its_moment() -> None:
    result = TrainingHistory()
    for seconds, error in ((5, 9.0), (10, 4.5), (15, 5.0)):
        result.add(line(seconds, error))
    assert result.best == (10, 4.5)


def test_what_came_after_a_checkpoint_is_taken_back() -> None:
    result = history(200)
    best = result.until(20)
    assert best.seconds == 20
    assert best.errors.points[-1][0] <= 20
    assert best.losses.points[-1][0] <= 20
    assert best.best is not None
    assert best.best[0] <= 20


def test_the_scale_begins_where_the_training_has_settled() -> None:
    shown = range_of([(0, 90.0), (1, 60.0), (5, 6.0), (10, 4.0)])
    assert shown.high < 7
    assert shown.low < 4


def test_ticks_are_round_and_carry_their_unit() -> None:
    assert [text for _, text in level_ticks(Range(3.9, 6.1), 128)] == ["4 dB", "5 dB", "6 dB"]
    assert [text for _, text in level_ticks(Range(4.28, 4.41), 80)] == ["4.3 dB", "4.4 dB"]
    assert [text for _, text in time_ticks(300, 500)] == ["0:00", "1:00", "2:00", "3:00", "4:00", "5:00"]
    assert [text for _, text in time_ticks(7200, 400)] == ["0:00", "30:00", "1:00:00", "1:30:00", "2:00:00"]


def test_the_pointer_reads_out_what_stands_there(qtbot: QtBot) -> None:
    curve = LossCurve()
    qtbot.addWidget(curve)
    curve.resize(600, 200)
    curve.show_history(history(240), 240.0)
    curve.show()
    heard: list[str] = []
    curve.hovered.connect(heard.append)
    place = curve.plane().place
    QTest.mouseMove(curve, QPoint(place.left() + place.width() // 4, 100))
    qtbot.waitUntil(lambda: bool(heard))
    assert heard[-1].startswith("1:00 · error 4.")
    assert " · loss " in heard[-1]
    QApplication.sendEvent(curve, QEvent(QEvent.Type.Leave))
    assert heard[-1] == ""


def test_the_error_is_drawn_in_the_accent_and_costs_the_window_little(qtbot: QtBot) -> None:
    curve = LossCurve()
    qtbot.addWidget(curve)
    curve.resize(800, 200)
    curve.show_history(history(5_000), 3_000.0)
    image = curve.grab().toImage()
    accent = color("accent")
    drawn = {QColor(image.pixel(x, y)).name() for x in range(0, 800, 2) for y in range(0, 200, 2)}
    assert accent.name() in drawn
    costs = []
    for _ in range(5):
        begun = time.thread_time()
        curve.grab()
        costs.append(time.thread_time() - begun)
    assert min(costs) < 0.02, "a wide polyline takes 0.05 s and more"
