"""Underflow counter, and the safer latency that is offered or chosen automatically."""

from dataclasses import replace

import pytest
from PySide6.QtCore import QObject, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from distill_app.audio.devices import DeviceChoice
from distill_app.ui.app.controller import AppController
from distill_app.ui.app.latency_advice import LatencyAdvice, offer_text
from distill_app.ui.app.status_bar import StatusBar
from distill_app.ui.app.underflow_log import UnderflowLog
from distill_app.ui.play.preferences_page import PlayPreferences
from distill_app.ui.widgets.toast import Message
from tests.ui.fake_player import PLAYING, FakePlayer
from tests.ui.fakes import FakeRenderWorker

LEFT = Qt.MouseButton.LeftButton


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


class AdviceSetup(QObject):
    """Advice with a fake player, a status bar and a fake clock."""

    def __init__(self) -> None:
        super().__init__()
        self.player, self.bar, self.clock = FakePlayer(), StatusBar(), Clock()
        self.preferences, self.writing = PlayPreferences(), False
        self.notified: list[Message] = []
        self.advice = LatencyAdvice(self.player, self.bar, self.preferences, lambda: self.writing, self, self.clock)
        self.advice.notified.connect(self.notified.append)
        self._total = 0

    def poll(self, more: int = 0, after: float = 0.5) -> None:
        """Polls the player `after` seconds later, with `more` underflows."""
        self.clock.now += after
        self._total += more
        self.advice.update(replace(PLAYING, underflows=self._total))

    def reopen(self) -> None:
        """Opens another stream, which counts from 0."""
        self._total = 0

    @property
    def offer(self) -> str:
        return "" if self.bar.advice.isHidden() else self.bar.advice.text()

    @property
    def latency(self) -> str:
        return str(self.player.choice.latency)

    def click(self) -> None:
        QTest.mouseClick(self.bar.advice, LEFT)


@pytest.fixture
def setup(qtbot: QtBot) -> AdviceSetup:
    setup = AdviceSetup()
    qtbot.addWidget(setup.bar)
    setup.bar.show()
    return setup


def test_the_counter_is_cleared_after_a_quiet_minute() -> None:
    clock = Clock()
    log = UnderflowLog(clock)
    log.add(2)
    clock.now += 59
    log.add(3)
    assert (log.count, log.last_minute) == (3, 3)
    clock.now += 59
    log.add(3)
    assert (log.count, log.last_minute) == (3, 1)
    clock.now += 1
    log.add(3)
    assert (log.count, log.last_minute) == (0, 0)
    log.add(4)
    assert log.count == 1


def test_underflows_of_another_device_are_added() -> None:
    log = UnderflowLog(Clock())
    log.add(5)
    log.add(1)
    assert log.count == 6


def test_the_status_bar_shows_recent_underflows_only(setup: AdviceSetup) -> None:
    setup.poll(2)
    assert setup.bar.trouble.text() == "2 underflows"
    setup.poll(after=60.0)
    assert setup.bar.trouble.text() == ""


def test_three_underflows_within_a_minute_offer_a_safer_latency_and_a_way_back(setup: AdviceSetup) -> None:
    setup.poll(2)
    assert setup.offer == ""
    setup.poll(1, after=30.0)
    assert setup.offer == offer_text()
    setup.click()
    assert setup.player.choice == DeviceChoice(latency="safe")
    assert setup.offer == "Back to normal latency"
    setup.reopen()
    setup.poll()
    assert (setup.bar.trouble.text(), setup.offer) == ("", "Back to normal latency")
    setup.click()
    assert setup.player.choice == DeviceChoice(latency="normal")
    assert setup.offer == ""


def test_three_underflows_in_more_than_a_minute_offer_nothing(setup: AdviceSetup) -> None:
    for _ in range(4):
        setup.poll(1, after=40.0)
    assert setup.offer == ""


def test_an_offer_disappears_after_a_quiet_minute(setup: AdviceSetup) -> None:
    setup.poll(3)
    assert setup.offer == offer_text()
    setup.poll(after=60.0)
    assert setup.offer == ""


def test_the_safest_latency_has_no_offer(setup: AdviceSetup) -> None:
    setup.player.choice = DeviceChoice(latency="safe")
    setup.poll(9)
    assert (setup.bar.trouble.text(), setup.offer) == ("9 underflows", "")


def test_a_latency_chosen_by_the_user_removes_the_way_back(setup: AdviceSetup) -> None:
    setup.poll(3)
    setup.click()
    setup.player.choice = DeviceChoice(latency="low")
    setup.poll()
    assert setup.offer == ""


def test_the_latency_adapts_only_where_the_preferences_allow_it(setup: AdviceSetup) -> None:
    setup.poll(5)
    assert setup.latency == "normal"
    setup.preferences.adapt_latency = True
    setup.poll()
    assert setup.latency == "safe"
    assert "safe" in setup.notified[0].sentence
    assert (setup.notified[0].action, setup.offer) == ("Go back", "Back to normal latency")


def test_the_latency_never_adapts_while_a_file_is_written(setup: AdviceSetup) -> None:
    setup.preferences.adapt_latency, setup.writing = True, True
    setup.poll(5)
    assert setup.latency == "normal"
    setup.writing = False
    setup.poll()
    assert setup.latency == "safe"


def test_a_change_taken_back_is_not_made_again_automatically(setup: AdviceSetup) -> None:
    setup.preferences.adapt_latency = True
    setup.poll(5)
    act = setup.notified[0].act
    assert act is not None
    act()
    assert setup.latency == "normal"
    setup.poll(5)
    assert setup.latency == "normal"
    assert setup.offer == offer_text(), "it can still be chosen"


def test_exports_and_takes_count_as_writing(playing_controller: AppController, worker: FakeRenderWorker) -> None:
    assert not playing_controller._is_writing()
    playing_controller.export()
    assert playing_controller.exporting is not None
    assert playing_controller.exporting.dialog is not None
    playing_controller.exporting.dialog.export.click()
    assert playing_controller._is_writing()
    worker.export_cancelled.emit(worker.exports[-1].path)
    assert not playing_controller._is_writing()
    playing_controller.keep_take()
    assert playing_controller._is_writing()
