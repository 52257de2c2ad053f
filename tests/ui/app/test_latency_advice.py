"""Underflows are counted over a minute and answered by a safer latency, offered or chosen automatically."""

from dataclasses import replace

import pytest
from PySide6.QtCore import QObject, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from distill_app.audio.devices import DeviceChoice
from distill_app.ui.app.controller import AppController
from distill_app.ui.app.latency_advice import OFFER, LatencyAdvice
from distill_app.ui.app.status_bar import StatusBar
from distill_app.ui.app.underflow_log import UnderflowLog
from distill_app.ui.play.play_preferences import PlayPreferences
from distill_app.ui.widgets.toast import Message
from tests.ui.fake_player import PLAYING, FakePlayer

LEFT = Qt.MouseButton.LeftButton


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


class AdviceSetup(QObject):
    """Advice with a player, a status bar and a clock of the test's own."""

    def __init__(self) -> None:
        super().__init__()
        self.player, self.bar, self.clock = FakePlayer(), StatusBar(), Clock()
        self.preferences, self.keeping = PlayPreferences(), False
        self.notified: list[Message] = []
        self.advice = LatencyAdvice(self.player, self.bar, self.preferences, lambda: self.keeping, self, self.clock)
        self.advice.notified.connect(self.notified.append)
        self._total = 0

    def look(self, more: int = 0, after: float = 0.5) -> None:
        """Half a second later, so many underflows more."""
        self.clock.now += after
        self._total += more
        self.advice.look(replace(PLAYING, underflows=self._total))

    def reopened(self) -> None:
        """Another stream, which counts from 0."""
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


def test_the_counter_forgets_after_a_minute_without() -> None:
    clock = Clock()
    log = UnderflowLog(clock)
    log.note(2)
    clock.now += 59
    log.note(3)
    assert (log.count, log.last_minute) == (3, 3)
    clock.now += 59
    log.note(3)
    assert (log.count, log.last_minute) == (3, 1)
    clock.now += 1
    log.note(3)
    assert (log.count, log.last_minute) == (0, 0)
    log.note(4)
    assert log.count == 1


def test_another_device_counts_from_nothing_and_loses_nothing() -> None:
    log = UnderflowLog(Clock())
    log.note(5)
    log.note(1)
    assert log.count == 6


def test_the_status_bar_tells_the_recent_ones_alone(setup: AdviceSetup) -> None:
    setup.look(2)
    assert setup.bar.trouble.text() == "2 underflows"
    setup.look(after=60.0)
    assert setup.bar.trouble.text() == ""


def test_the_third_within_a_minute_offers_a_safer_latency_in_one_click_and_one_back(setup: AdviceSetup) -> None:
    setup.look(2)
    assert setup.offer == ""
    setup.look(1, after=30.0)
    assert setup.offer == OFFER
    setup.click()
    assert setup.player.choice == DeviceChoice(latency="safe")
    assert setup.offer == "Back to normal latency"
    setup.reopened()
    setup.look()
    assert (setup.bar.trouble.text(), setup.offer) == ("", "Back to normal latency")
    setup.click()
    assert setup.player.choice == DeviceChoice(latency="normal")
    assert setup.offer == ""


def test_three_in_more_than_a_minute_are_no_reason(setup: AdviceSetup) -> None:
    for _ in range(4):
        setup.look(1, after=40.0)
    assert setup.offer == ""


def test_an_offer_goes_with_the_trouble(setup: AdviceSetup) -> None:
    setup.look(3)
    assert setup.offer == OFFER
    setup.look(after=60.0)
    assert setup.offer == ""


def test_nothing_is_offered_where_nothing_is_safer(setup: AdviceSetup) -> None:
    setup.player.choice = DeviceChoice(latency="safe")
    setup.look(9)
    assert (setup.bar.trouble.text(), setup.offer) == ("9 underflows", "")


def test_a_latency_chosen_elsewhere_leaves_nothing_to_go_back_to(setup: AdviceSetup) -> None:
    setup.look(3)
    setup.click()
    setup.player.choice = DeviceChoice(latency="low")
    setup.look()
    assert setup.offer == ""


def test_by_itself_only_where_that_is_wanted(setup: AdviceSetup) -> None:
    setup.look(5)
    assert setup.latency == "normal"
    setup.preferences.adapt_latency = True
    setup.look()
    assert setup.latency == "safe"
    assert "safe" in setup.notified[0].sentence
    assert (setup.notified[0].action, setup.offer) == ("Go back", "Back to normal latency")


def test_never_by_itself_while_something_is_kept(setup: AdviceSetup) -> None:
    setup.preferences.adapt_latency, setup.keeping = True, True
    setup.look(5)
    assert setup.latency == "normal"
    setup.keeping = False
    setup.look()
    assert setup.latency == "safe"


def test_what_was_taken_back_is_not_done_again_by_itself(setup: AdviceSetup) -> None:
    setup.preferences.adapt_latency = True
    setup.look(5)
    act = setup.notified[0].act
    assert act is not None
    act()
    assert setup.latency == "normal"
    setup.look(5)
    assert setup.latency == "normal"
    assert setup.offer == OFFER, "it can still be chosen"


def test_an_export_and_a_take_are_kept_things(
    playing_controller: AppController, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert not playing_controller._is_writing()
    assert playing_controller.exporting is not None
    monkeypatch.setattr(playing_controller.exporting, "writing", True)
    assert playing_controller._is_writing()
    monkeypatch.undo()
    playing_controller.keep_take()
    assert playing_controller._is_writing()
