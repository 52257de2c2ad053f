"""A slider released while nothing plays triggers one playback of the whole sound."""

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from distill_app.ui.app.controller import AppController
from distill_app.ui.play.playback import Playback
from distill_app.ui.play.preferences_page import PlayPreferencesPage
from distill_app.ui.play.sound_slider import SoundSlider
from tests.ui.fakes import ClockOutput, FakeRenderWorker

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def playback(playing_controller: AppController) -> Playback:
    assert playing_controller.playback is not None
    return playing_controller.playback


@pytest.fixture
def slider(playing_controller: AppController) -> SoundSlider:
    return playing_controller.window.play.slider_panel.sliders[0]


def plays(playback: Playback) -> bool:
    return playback.playing


def drag(slider: SoundSlider, pixels: int) -> None:
    QTest.mousePress(slider, LEFT, pos=QPoint(100, 32))
    QTest.mouseMove(slider, QPoint(100 + pixels, 32))
    QTest.mouseRelease(slider, LEFT, pos=QPoint(100 + pixels, 32))


def test_it_plays_once_after_its_render(
    qtbot: QtBot,
    playing_controller: AppController,
    worker: FakeRenderWorker,
    playback: Playback,
    slider: SoundSlider,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    player, begun = playback.player, []
    play = player.play

    def noted(from_seconds: float = 0.0) -> None:
        begun.append((from_seconds, player.looping))
        play(from_seconds)

    monkeypatch.setattr(player, "play", noted)
    playing_controller.session.set_seconds(0.2)
    worker.answer()
    drag(slider, 40)
    assert begun == [], "the old sound is not what was asked for"
    worker.answer()
    assert begun == [(0.0, False)]
    assert playing_controller.looping, "the loop is only left out"
    qtbot.waitUntil(lambda: not playback.playing and player.looping, timeout=60_000)
    assert begun == [(0.0, False)]


def test_keys_and_the_wheel_play_after_a_pause(
    worker: FakeRenderWorker, playback: Playback, slider: SoundSlider
) -> None:
    slider.setFocus()
    QTest.keyClick(slider, Qt.Key.Key_Right)
    QTest.keyClick(slider, Qt.Key.Key_Right)
    worker.answer()
    assert not plays(playback), "the slider still moves"
    slider.finish_gesture()
    assert plays(playback)


def test_a_running_loop_continues(
    playing_controller: AppController, worker: FakeRenderWorker, playback: Playback, slider: SoundSlider
) -> None:
    playing_controller.toggle_playing()
    drag(slider, 40)
    worker.answer()
    assert plays(playback)
    assert playback.player.looping


def test_space_stops_it_and_the_next_play_loops(
    playing_controller: AppController, worker: FakeRenderWorker, playback: Playback, slider: SoundSlider
) -> None:
    drag(slider, 40)
    worker.answer()
    playing_controller.toggle_playing()
    assert not plays(playback)
    playing_controller.toggle_playing()
    assert plays(playback)
    assert playback.player.looping


def test_another_release_restarts_the_preview(
    qtbot: QtBot, worker: FakeRenderWorker, playback: Playback, slider: SoundSlider
) -> None:
    drag(slider, 40)
    worker.answer()
    qtbot.waitUntil(lambda: playback.position > 0.5, timeout=60_000)
    drag(slider, -20)
    worker.answer()
    assert playback.previewing
    qtbot.waitUntil(lambda: playback.position < 0.4, timeout=60_000)


def test_undo_before_the_render_cancels_the_preview(
    playing_controller: AppController, worker: FakeRenderWorker, playback: Playback, slider: SoundSlider
) -> None:
    drag(slider, 40)
    moved = worker.requests[-1]
    playing_controller.window.undo()
    worker.answer(moved)
    assert not plays(playback)


def test_the_preference_switches_it_off(
    qtbot: QtBot, playing_controller: AppController, worker: FakeRenderWorker, playback: Playback, slider: SoundSlider
) -> None:
    page = PlayPreferencesPage(playing_controller.preferences)
    qtbot.addWidget(page)
    assert (page.preview.isChecked(), page.adapt.isChecked()) == (True, False)
    page.preview.click()
    drag(slider, 40)
    worker.answer()
    assert not plays(playback)
    page.adapt.click()
    assert playing_controller.preferences.adapt_latency


def test_without_a_device_there_is_no_message(
    playing_controller: AppController,
    worker: FakeRenderWorker,
    playback: Playback,
    slider: SoundSlider,
    outputs: list[ClockOutput],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from distill_app.common.errors import AudioDeviceError

    def play(_from: float = 0.0) -> None:
        raise AudioDeviceError("No sound output was found.")

    monkeypatch.setattr(playback.player, "play", play)
    drag(slider, 40)
    worker.answer()
    assert playing_controller.window.toast.message is None
    assert not playback.previewing
