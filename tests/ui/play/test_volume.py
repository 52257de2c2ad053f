"""The output volume changes what is heard, is stored, and does not affect exported files."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from distill_app.audio.player import Player
from distill_app.ui.app.controller import Studio
from distill_app.ui.widgets.volume_control import VOLUME, VolumeControl
from tests.ui.fakes import ClockOutput, HandWorker, clock_device


def gain(studio: Studio) -> float:
    assert studio.playback is not None
    return studio.playback.player.volume


def press_m(studio: Studio) -> None:
    QTest.keyClick(QApplication.focusWidget() or studio.window, Qt.Key.Key_M)


def test_the_fader_turns_the_output_down_and_mute_silences_it(playing_studio: Studio) -> None:
    assert gain(playing_studio) == 1.0
    playing_studio.volume.fader.jump(0.5)
    assert gain(playing_studio) == pytest.approx(0.125)
    QTest.mouseClick(playing_studio.volume.mute, Qt.MouseButton.LeftButton)
    assert gain(playing_studio) == 0.0
    assert playing_studio.volume.position == 0.5
    QTest.mouseClick(playing_studio.volume.mute, Qt.MouseButton.LeftButton)
    assert gain(playing_studio) == pytest.approx(0.125)


def test_m_mutes_on_every_page_and_the_window_says_so(playing_studio: Studio) -> None:
    muted = playing_studio.window.status.muted
    for page in ("Play", "Learn"):
        playing_studio.window.pages.show_page(page)
        press_m(playing_studio)
        assert gain(playing_studio) == 0.0
        assert muted.isVisible()
        assert playing_studio.actions["Mute"].isChecked()
        press_m(playing_studio)
        assert gain(playing_studio) == 1.0
        assert not muted.isVisible()


def test_moving_the_fader_ends_the_mute(playing_studio: Studio) -> None:
    playing_studio.volume.toggle_mute()
    playing_studio.volume.fader.jump(0.8)
    assert not playing_studio.volume.muted
    assert gain(playing_studio) == pytest.approx(0.512)


def test_a_volume_of_last_time_holds_from_the_first_sound_on(studio: Studio, outputs: list[ClockOutput]) -> None:
    studio.volume.restore(0.5, muted=True)
    studio.start_playing(Player(clock_device(outputs)))
    assert gain(studio) == 0.0
    assert studio.window.status.muted.isVisible()


def test_what_is_written_does_not_follow_it(playing_studio: Studio, worker: HandWorker) -> None:
    handle = playing_studio.window.play.picture.handle

    def written() -> bytes:
        data = handle.mime_data()
        assert data is not None
        with open(data.urls()[0].toLocalFile(), "rb") as file:
            return file.read()

    loud, request = written(), playing_studio.session.request
    playing_studio.volume.fader.jump(0.1)
    playing_studio.volume.toggle_mute()
    assert written() == loud
    assert playing_studio.session.request == request, "nor does the sound that is rendered"


def test_positions_are_told_in_decibels_and_can_be_typed(qtbot: QtBot) -> None:
    control = VolumeControl()
    qtbot.addWidget(control)
    assert [VOLUME.text(value) for value in (1.0, 0.5, 0.0)] == ["0.0 dB", "−18.1 dB", "−∞ dB"]
    assert VOLUME.read("-18.06 dB").value == pytest.approx(0.5, abs=1e-3)
    assert VOLUME.read("−∞").value == pytest.approx(0.0)
    assert VOLUME.read("3").value == 1.0, "never louder than the limiter lets it be"
    control.fader.jump(0.3)
    control.fader.reset()
    assert control.gain == 1.0


def test_a_setting_out_of_range_becomes_a_place_on_the_fader(qtbot: QtBot) -> None:
    control = VolumeControl()
    qtbot.addWidget(control)
    control.restore(7.0, muted=False)
    assert control.gain == 1.0
    control.restore(-1.0, muted=False)
    assert control.gain == 0.0


def test_the_limiter_setting_shows_beside_the_level(playing_studio: Studio) -> None:
    assert playing_studio.playback is not None
    meter = playing_studio.window.play.picture.meter
    for limiting in (False, True):
        playing_studio.playback.player.limiting = limiting
        playing_studio.playback.poll()
        assert meter.limiting is limiting
