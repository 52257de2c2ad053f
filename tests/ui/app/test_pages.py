"""The window's pages, and what a drop means."""

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
from distill_app.ui.app.drop_content import Dropped, meaning_of
from distill_app.ui.app.main_window import LEARN, PLAY

CTRL = Qt.KeyboardModifier.ControlModifier


def test_keys_and_clicks_switch_and_what_plays_keeps_playing(qtbot: QtBot, playing_controller: AppController) -> None:
    window, playback = playing_controller.window, playing_controller.playback
    assert playback is not None
    qtbot.waitUntil(window.isActiveWindow)
    playing_controller.toggle_playing()
    QTest.keyClick(window, Qt.Key.Key_2, CTRL)
    assert window.pages.title == LEARN
    assert playback.playing
    QTest.keyClick(window, Qt.Key.Key_1, CTRL)
    assert window.pages.title == PLAY
    assert playback.playing


def test_undo_is_of_the_page_that_shows(playing_controller: AppController) -> None:
    playing_controller.session.set_slider(0, 0.5)
    train_page = playing_controller.train_integration.train_page
    train_page.document.create_named("Untitled")
    train_page.project._rename("Wood")
    playing_controller.window.pages.show_page(LEARN)
    assert playing_controller.actions["Undo"].text() == "Undo rename project"
    playing_controller.window.undo()
    assert playing_controller.session.config.sliders[0] == 0.5
    playing_controller.window.pages.show_page(PLAY)
    playing_controller.window.undo()
    assert playing_controller.session.config.sliders[0] == 0.0


def test_keys_of_the_sliders_mean_nothing_on_the_learn_page(playing_controller: AppController) -> None:
    playing_controller.window.pages.show_page(LEARN)
    for name in ("Surprise me", "New seed", "Compare: sound B", "Live or whole picture"):
        assert not playing_controller.actions[name].isEnabled(), name
    playing_controller.window.pages.show_page(PLAY)
    assert playing_controller.actions["Surprise me"].isEnabled()


def test_the_learn_page_opens_without_torch(tmp_path: Path) -> None:
    code = """
import sys
from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QApplication
from distill_app.ui.common.window_settings import WindowMemory
from distill_app.ui.app.controller import Studio
app = QApplication([])
studio = Studio(WindowMemory(QSettings(sys.argv[1], QSettings.Format.IniFormat)))
before = any(name.startswith("distill_app.ui.learn.") for name in sys.modules)
studio.window.pages.show_page("Learn")
print(before, [name for name in ("torch", "sounddevice", "pyqtgraph") if name in sys.modules])
studio.close()
"""
    environment = os.environ | {"QT_QPA_PLATFORM": "offscreen", "HOME": str(tmp_path)}
    command = [sys.executable, "-c", code, str(tmp_path / "window.ini")]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)
    assert done.stdout.strip() == "False []", done.stderr


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


def test_a_model_is_opened_wherever_it_falls(recordings: Path) -> None:
    model = Path("mine.distillgan")
    for training in (False, True):
        assert meaning_of([recordings, model], training) == Dropped(model=model)


def test_a_vocoder_is_imported_on_the_play_page_and_its_samples_are_not_learned_from(vocoder: Path) -> None:
    assert meaning_of([vocoder], False) == Dropped(vocoder=vocoder)
    assert meaning_of([vocoder], True) == Dropped(recordings=(vocoder,))


def test_recordings_are_learned_from_wherever_they_fall(recordings: Path, tmp_path: Path) -> None:
    single = tmp_path / "one.WAV"
    for training in (False, True):
        assert meaning_of([recordings, single], training) == Dropped(recordings=(recordings, single))


def test_a_folder_with_neither_is_looked_into_for_a_vocoder(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    assert meaning_of([tmp_path / "empty"], False) == Dropped(vocoder=tmp_path / "empty")
    assert meaning_of([tmp_path / "empty"], True) == Dropped(recordings=(tmp_path / "empty",))


def test_what_has_no_meaning_does_nothing(tmp_path: Path) -> None:
    assert meaning_of([tmp_path / "letter.txt"], False) == Dropped()
