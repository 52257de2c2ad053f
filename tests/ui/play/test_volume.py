"""The output volume applies to playback, is stored, and does not affect exported files."""

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from distill_app.audio.player import Player
from distill_app.ui.app.controller import AppController
from distill_app.ui.widgets.volume_control import VOLUME, VolumeControl
from tests.ui.commands import command
from tests.ui.fakes import ClockOutput, FakeRenderWorker, clock_device


def gain(controller: AppController) -> float:
    assert controller.playback is not None
    return controller.playback.player.volume


def press_m(controller: AppController) -> None:
    QTest.keyClick(QApplication.focusWidget() or controller.window, Qt.Key.Key_M)


def test_the_fader_turns_the_output_down_and_mute_silences_it(playing_controller: AppController) -> None:
    assert gain(playing_controller) == 1.0
    playing_controller.volume.fader.jump(0.5)
    assert gain(playing_controller) == pytest.approx(0.125)
    QTest.mouseClick(playing_controller.volume.mute, Qt.MouseButton.LeftButton)
    assert gain(playing_controller) == 0.0
    assert playing_controller.volume.position == 0.5
    QTest.mouseClick(playing_controller.volume.mute, Qt.MouseButton.LeftButton)
    assert gain(playing_controller) == pytest.approx(0.125)


def test_m_mutes_on_every_page_and_the_status_bar_shows_it(playing_controller: AppController) -> None:
    muted = playing_controller.window.status.muted
    for page in ("play", "train"):
        playing_controller.window.pages.show_page(page)
        press_m(playing_controller)
        assert gain(playing_controller) == 0.0
        assert muted.isVisible()
        assert command(playing_controller, "mute").isChecked()
        press_m(playing_controller)
        assert gain(playing_controller) == 1.0
        assert not muted.isVisible()


def test_moving_the_fader_ends_the_mute(playing_controller: AppController) -> None:
    playing_controller.volume.toggle_mute()
    playing_controller.volume.fader.jump(0.8)
    assert not playing_controller.volume.muted
    assert gain(playing_controller) == pytest.approx(0.512)


def test_a_restored_volume_applies_to_the_first_sound(controller: AppController, outputs: list[ClockOutput]) -> None:
    controller.volume.restore(0.5, muted=True)
    controller.start_playing(Player(clock_device(outputs)))
    assert gain(controller) == 0.0
    assert controller.window.status.muted.isVisible()


def test_files_do_not_depend_on_the_volume(playing_controller: AppController, worker: FakeRenderWorker) -> None:
    assert playing_controller.files is not None
    files = playing_controller.files

    def written() -> bytes:
        paths: list[Path] = []
        files.drag(paths.append)
        return paths[0].read_bytes()

    loud, request = written(), playing_controller.session.request
    playing_controller.volume.fader.jump(0.1)
    playing_controller.volume.toggle_mute()
    assert written() == loud
    assert playing_controller.session.request == request, "nor does the sound that is rendered"


def test_positions_are_shown_in_decibels_and_can_be_typed(qtbot: QtBot) -> None:
    control = VolumeControl()
    qtbot.addWidget(control)
    assert [VOLUME.text(value) for value in (1.0, 0.5, 0.0)] == ["0.0 dB", "−18.1 dB", "−∞ dB"]
    assert VOLUME.read("-18.06 dB").value == pytest.approx(0.5, abs=1e-3)
    assert VOLUME.read("−∞").value == pytest.approx(0.0)
    assert VOLUME.read("3").value == 1.0, "never louder than the limiter lets it be"
    control.fader.jump(0.3)
    control.fader.reset()
    assert control.gain == 1.0


def test_a_setting_out_of_range_is_clamped(qtbot: QtBot) -> None:
    control = VolumeControl()
    qtbot.addWidget(control)
    control.restore(7.0, muted=False)
    assert control.gain == 1.0
    control.restore(-1.0, muted=False)
    assert control.gain == 0.0


def test_the_limiter_setting_shows_beside_the_level(playing_controller: AppController) -> None:
    assert playing_controller.playback is not None
    meter = playing_controller.window.play.picture.meter
    for limiting in (False, True):
        playing_controller.playback.player.limiting = limiting
        playing_controller.playback.poll()
        assert meter.limiting is limiting
