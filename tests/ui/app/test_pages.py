"""Pages of the window, and the classification of drops."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from distill_app.ui.app.controller import AppController
from distill_app.ui.app.drop_content import DropContent, classify_drop
from distill_app.ui.app.main_window import PLAY, TRAIN
from tests.ui.commands import command

CTRL = Qt.KeyboardModifier.ControlModifier


def test_keys_switch_pages_and_playback_continues(qtbot: QtBot, playing_controller: AppController) -> None:
    window, playback = playing_controller.window, playing_controller.playback
    assert playback is not None
    qtbot.waitUntil(window.isActiveWindow, timeout=60_000)
    playing_controller.toggle_playing()
    QTest.keyClick(window, Qt.Key.Key_2, CTRL)
    assert window.pages.current == TRAIN
    assert playback.playing
    QTest.keyClick(window, Qt.Key.Key_1, CTRL)
    assert window.pages.current == PLAY
    assert playback.playing


def test_undo_acts_on_the_current_page(playing_controller: AppController) -> None:
    playing_controller.session.set_slider(0, 0.5)
    train_page = playing_controller.train_integration.train_page
    train_page.document.create_named("Untitled")
    train_page.project._rename("Wood")
    playing_controller.window.pages.show_page(TRAIN)
    assert command(playing_controller, "undo").text() == "Undo rename project"
    playing_controller.window.undo()
    assert playing_controller.session.config.sliders[0] == 0.5
    playing_controller.window.pages.show_page(PLAY)
    playing_controller.window.undo()
    assert playing_controller.session.config.sliders[0] == 0.0


def test_slider_commands_are_disabled_on_the_train_page(playing_controller: AppController) -> None:
    playing_controller.window.pages.show_page(TRAIN)
    for name in ("randomize", "new_seed", "compare_b", "live_or_overview"):
        assert not command(playing_controller, name).isEnabled(), name
    playing_controller.window.pages.show_page(PLAY)
    assert command(playing_controller, "randomize").isEnabled()


def test_the_train_page_opens_without_torch(tmp_path: Path) -> None:
    code = """
import sys
from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QApplication
from distill_app.ui.common.window_settings import WindowSettings
from distill_app.ui.app.controller import AppController
app = QApplication([])
controller = AppController(WindowSettings(QSettings(sys.argv[1], QSettings.Format.IniFormat)))
before = any(name.startswith("distill_app.ui.train.controller") for name in sys.modules)
controller.window.pages.show_page("train")
after = "distill_app.ui.train.controller" in sys.modules
print(before, after, [name for name in ("torch", "sounddevice", "pyqtgraph") if name in sys.modules])
controller.close()
"""
    environment = os.environ | {"QT_QPA_PLATFORM": "offscreen", "HOME": str(tmp_path)}
    command = [sys.executable, "-c", code, str(tmp_path / "window.ini")]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)
    assert done.stdout.strip() == "False True []", done.stderr


# Drops


@pytest.fixture
def vocoder(tmp_path: Path) -> Path:
    folder = tmp_path / "vocoder"
    folder.mkdir()
    (folder / "config.json").write_text(json.dumps({"upsample_rates": [8]}))
    (folder / "generator.pt").write_bytes(b"weights")
    (folder / "sample.wav").write_bytes(b"RIFF")
    return folder


@pytest.fixture
def recordings(tmp_path: Path) -> Path:
    folder = tmp_path / "recordings"
    (folder / "deep").mkdir(parents=True)
    (folder / "deep" / "a.flac").write_bytes(b"")
    return folder


def test_a_model_is_opened_on_every_page(recordings: Path) -> None:
    model = Path("mine.distillgan")
    for on_train_page in (False, True):
        assert classify_drop([recordings, model], on_train_page) == DropContent(model=model)


def test_a_vocoder_folder_with_samples_is_imported_on_the_play_page(vocoder: Path) -> None:
    assert classify_drop([vocoder], False) == DropContent(vocoder=vocoder)
    assert classify_drop([vocoder], True) == DropContent(recordings=(vocoder,))


def test_recordings_are_added_on_every_page(recordings: Path, tmp_path: Path) -> None:
    single = tmp_path / "one.WAV"
    for on_train_page in (False, True):
        assert classify_drop([recordings, single], on_train_page) == DropContent(recordings=(recordings, single))


def test_a_folder_with_neither_is_taken_for_a_vocoder_on_the_play_page(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    assert classify_drop([tmp_path / "empty"], False) == DropContent(vocoder=tmp_path / "empty")
    assert classify_drop([tmp_path / "empty"], True) == DropContent(recordings=(tmp_path / "empty",))


def test_other_files_are_ignored(tmp_path: Path) -> None:
    assert classify_drop([tmp_path / "letter.txt"], False) == DropContent()
