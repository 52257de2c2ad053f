"""Loss curve of a training: stored points, read-out and cost."""

import sys
import time
from dataclasses import replace
from importlib import import_module
from threading import Event

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from distill_app.training.run.status import TrainingStatus
from distill_app.ui.style.theme import color
from distill_app.ui.train.training import loss_curve
from distill_app.ui.train.training.error_plot import level_labels, time_labels, time_spacing
from distill_app.ui.train.training.history import Curve, TrainingHistory
from distill_app.ui.train.training.loss_curve import LossCurve, settled_range


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


def test_points_of_the_past_and_values_that_are_not_finite_are_skipped() -> None:
    curve = Curve()
    for moment, value in ((1, 5.0), (1, 4.0), (0.5, 3.0), (2, float("nan")), (3, 2.0)):
        curve.add(moment, value)
    assert curve.points == [(1, 5.0), (3, 2.0)]


def test_the_best_value_is_kept_with_its_time() -> None:
    result = TrainingHistory()
    for seconds, error in ((5, 9.0), (10, 4.5), (15, 5.0)):
        result.add(line(seconds, error))
    assert result.best == (10, 4.5)


def test_points_after_a_checkpoint_are_removed() -> None:
    result = history(200)
    best = result.until(20)
    assert best.seconds == 20
    assert best.errors.points[-1][0] <= 20
    assert best.losses.points[-1][0] <= 20
    assert best.best is not None
    assert best.best[0] <= 20


def test_the_scale_begins_where_the_training_has_settled() -> None:
    low, high = settled_range([(0, 90.0), (1, 60.0), (5, 6.0), (10, 4.0)])
    assert high < 7
    assert low < 4


def test_ticks_are_round_and_carry_their_unit() -> None:
    assert level_labels([4.0, 5.0, 6.0], 1.0, 1.0) == ["4 dB", "5 dB", "6 dB"]
    assert level_labels([4.3, 4.4], 1.0, 0.1) == ["4.3 dB", "4.4 dB"]
    assert time_spacing(0, 300, 500) == [(60, 0)]
    assert time_spacing(0, 7200, 400) == [(1800, 0)]
    assert time_spacing(0, 40 * 3600, 400) == [(9 * 3600, 0)]
    assert time_labels([0, 1800, 7200], 1.0, 1800) == ["0:00", "30:00", "2:00:00"]


def shown_curve(qtbot: QtBot, training: TrainingHistory, seconds: float) -> LossCurve:
    curve = LossCurve()
    qtbot.addWidget(curve)
    curve.resize(600, 200)
    curve.show_history(training, seconds)
    with qtbot.waitExposed(curve):
        curve.show()
    return curve


def test_the_pointer_reads_the_value_under_it(qtbot: QtBot) -> None:
    curve = shown_curve(qtbot, history(240), 240.0)
    texts: list[str] = []
    curve.hovered.connect(texts.append)
    view = curve.plot.widget
    quarter = view.getPlotItem().getViewBox().mapViewToScene(QPointF(60, 0)).x()
    QTest.mouseMove(view.viewport(), QPoint(round(quarter), 100))
    qtbot.waitUntil(lambda: bool(texts), timeout=60_000)
    assert texts[-1].partition(" · ")[0] in ("0:59", "1:00", "1:01")
    assert " · error 4." in texts[-1]
    assert " · loss " in texts[-1]
    QApplication.sendEvent(curve, QEvent(QEvent.Type.Leave))
    assert texts[-1] == ""


def test_the_first_training_is_shown_while_the_plot_is_imported(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, loss_curve._PLOT_MODULE)
    importable = Event()
    monkeypatch.setattr(loss_curve, "import_module", lambda name: importable.wait(60) and import_module(name))
    curve = shown_curve(qtbot, history(20), 10.0)
    curve.show_history(history(240), 240.0)
    assert not curve.plot
    importable.set()
    qtbot.waitUntil(lambda: curve.plot is not None, timeout=60_000)
    assert curve.plot.widget.getPlotItem().getViewBox().viewRange()[0] == [0, 240]


def test_an_error_that_hardly_falls_is_drawn_flat(qtbot: QtBot) -> None:
    training = TrainingHistory()
    for seconds in range(1, 100):
        training.add(replace(line(float(seconds), 4.0 - seconds / 10_000), first_error_db=4.0))
    curve = shown_curve(qtbot, training, 100.0)
    low, high = curve.plot.widget.getPlotItem().getViewBox().viewRange()[1]
    assert low <= 3.61
    assert high >= 4.05


def test_there_is_no_read_out_outside_the_plot(qtbot: QtBot) -> None:
    curve = shown_curve(qtbot, history(240), 240.0)
    assert curve.plot.seconds_at(QPointF(5, 100)) is None


def test_the_best_point_is_described_for_assistive_technology(qtbot: QtBot) -> None:
    training = TrainingHistory()
    training.add(line(70.0, 4.5))
    assert shown_curve(qtbot, training, 240.0).accessibleDescription() == "Best 4.50 dB after 1:10"


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
