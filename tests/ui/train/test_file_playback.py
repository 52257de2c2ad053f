"""Playback is shown: live spectrogram, lights, device and its changes, and the substitute vocoder."""

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from distill_app.audio.status import Levels, PlayerStatus
from distill_app.dsp.sound import Sound
from distill_app.ui.app.controller import AppController
from distill_app.ui.dialogs.preferences import PreferencesDialog
from distill_app.ui.play.source_panel import SourcePanel
from distill_app.workers.rendering.messages import ActiveVocoder
from tests.ui.fake_player import FakePlayer
from tests.ui.fakes import RATE, ClockOutput, FakeRenderWorker, FakeVocoderRegistry, tone

CTRL = Qt.KeyboardModifier.ControlModifier


def press(
    controller: AppController, key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier
) -> None:
    QTest.keyClick(QApplication.focusWidget() or controller.window, key, modifier)


def brightest(controller: AppController) -> int:
    """Lightness of the brightest pixel near the right edge of the running picture."""
    image = controller.window.play.picture.live.grab().toImage()
    return max(image.pixelColor(image.width() - 8, y).lightness() for y in range(0, image.height() - 24, 2))


def test_the_live_spectrogram_runs_while_it_plays(qtbot: QtBot, playing_controller: AppController) -> None:
    picture = playing_controller.window.play.picture
    assert picture.live_wanted
    assert not picture.shows_live, "nothing plays: the whole sound shows"
    press(playing_controller, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: picture.shows_live and brightest(playing_controller) > 60, timeout=60_000)
    press(playing_controller, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: picture.view.isVisible(), timeout=60_000)


def test_v_and_the_buttons_choose_the_picture(qtbot: QtBot, playing_controller: AppController) -> None:
    picture = playing_controller.window.play.picture
    press(playing_controller, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: picture.shows_live, timeout=60_000)
    press(playing_controller, Qt.Key.Key_V)
    assert picture.view.isVisible()
    assert picture.overview.isChecked()
    QTest.mouseClick(picture.live, Qt.MouseButton.LeftButton)
    assert picture.shows_live
    QTest.mouseClick(picture.overview, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: bool(picture.view.playhead), timeout=60_000)


def test_keys_jump_within_the_sound(qtbot: QtBot, playing_controller: AppController) -> None:
    press(playing_controller, Qt.Key.Key_Space)
    playback = playing_controller.playback
    assert playback is not None
    press(playing_controller, Qt.Key.Key_Left, CTRL)
    qtbot.waitUntil(lambda: playback.position > 3.5, timeout=60_000)
    press(playing_controller, Qt.Key.Key_Right, CTRL)
    qtbot.waitUntil(lambda: playback.position < 1.0, timeout=60_000)


def test_a_sound_beyond_full_scale_lights_the_limiter(
    qtbot: QtBot, playing_controller: AppController, worker: FakeRenderWorker, outputs: list[ClockOutput]
) -> None:
    meter = playing_controller.window.play.picture.meter
    assert worker.live is not None
    worker.live.set_loop(Sound(4 * tone(4.0).samples, RATE))
    press(playing_controller, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: meter.limited, timeout=60_000)
    assert not meter.clipped
    assert max(float(np.abs(block).max()) for block in outputs[-1].heard) <= 10 ** (-0.1 / 20) + 1e-6


class Loud(FakePlayer):
    """Without a limiter, and too loud."""

    playing = True

    def levels(self) -> Levels:
        return Levels((1.5, 1.5), True, False)


def test_the_clip_light_stays_until_it_is_cleared(qtbot: QtBot, controller: AppController) -> None:
    controller.start_playing(Loud())
    meter = controller.window.play.picture.meter
    qtbot.waitUntil(lambda: meter.clipped, timeout=60_000)
    assert controller.playback is not None
    controller.playback.close()
    press(controller, Qt.Key.Key_C)
    assert not meter.clipped


def test_a_lost_device_is_reported_once_and_shown(qtbot: QtBot, controller: AppController) -> None:
    player = FakePlayer()
    controller.start_playing(player)
    assert controller.playback is not None
    controller.playback.open_device()
    assert controller.window.status.device.text().startswith("Built-in Audio")
    player.fall_back("“Headphones” went away; playing through “Built-in Audio”.")
    toast = controller.window.toast
    qtbot.waitUntil(lambda: toast.message is not None and "went away" in toast.message.sentence, timeout=60_000)
    assert "not the chosen device" in controller.window.status.trouble.text()
    toast.dismiss()
    qtbot.wait(700)
    assert toast.message is None, "the same news are no news"
    player.status = PlayerStatus()
    qtbot.waitUntil(lambda: controller.window.status.device.text() == "No sound device", timeout=60_000)


def test_figures_are_updated_twice_a_second(
    qtbot: QtBot, controller: AppController, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A label whose text changes lays the whole window out anew."""
    shown: list[PlayerStatus] = []
    monkeypatch.setattr(controller.window.status, "show_player", lambda status, _underflows: shown.append(status))
    controller.start_playing(Loud())
    qtbot.wait(300)
    assert shown == [], "no device was asked for yet"
    assert controller.playback is not None
    controller.playback.open_device()
    qtbot.wait(900)
    assert 2 <= len(shown) <= 4


def test_preferences_open_by_their_key(qtbot: QtBot, playing_controller: AppController) -> None:
    press(playing_controller, Qt.Key.Key_Comma, CTRL)
    dialogs = playing_controller.window.findChildren(PreferencesDialog)
    assert len(dialogs) == 1
    assert dialogs[0].isVisible()
    dialogs[0].close()


@pytest.fixture
def source(qtbot: QtBot, registry: FakeVocoderRegistry) -> SourcePanel:
    source = SourcePanel()
    source.show_vocoders(registry.read(), {})
    qtbot.addWidget(source)
    source.show()
    return source


def test_the_substitute_vocoder_is_named_until_the_chosen_one_is_ready(source: SourcePanel) -> None:
    source.show_heard(ActiveVocoder("griffin-lim", preview=True))
    assert source.heard.text() == "Preview: Griffin-Lim"
    assert "still rendering" in source.heard.toolTip()
    source.show_heard(ActiveVocoder("griffin-lim", preview=False))
    assert source.heard.text() == ""


def test_the_worker_reports_the_active_vocoder(playing_controller: AppController, worker: FakeRenderWorker) -> None:
    worker.heard.emit(ActiveVocoder("griffin-lim", preview=True))
    assert playing_controller.window.play.source.heard.text() == "Preview: Griffin-Lim"
    worker.heard.emit(ActiveVocoder("griffin-lim", preview=False))
    assert playing_controller.window.play.source.heard.text() == ""
