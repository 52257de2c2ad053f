"""A themed application, and a studio with nothing of the person's in it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from distill_app.audio.player import Player
from distill_app.common.settings import Settings
from distill_app.ui.app.controller import Studio
from distill_app.ui.common.window_settings import WindowMemory
from distill_app.ui.style.theme import apply_theme
from tests.ui.fakes import ClockOutput, HandDownloads, HandWorker, Shelf, clock_device


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The offscreen platform says this of windows with a minimum size, of tips and lists; it is no fault of ours."""
    for item in items:
        if "tests/ui/" in item.path.as_posix():
            item.add_marker(
                pytest.mark.qt_log_ignore(
                    "This plugin does not support (propagateSizeHints|raise|grabbing the keyboard)"
                )
            )


@pytest.fixture(autouse=True)
def _own_folders(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("CONFIG", "CACHE", "DATA", "STATE"):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(tmp_path / name.lower()))
    monkeypatch.setenv("HOME", str(tmp_path / "home"))


@pytest.fixture(autouse=True)
def _themed(qapp: QApplication) -> None:
    if not qapp.styleSheet():
        apply_theme(qapp)


@pytest.fixture
def worker() -> HandWorker:
    return HandWorker()


@pytest.fixture
def outputs() -> list[ClockOutput]:
    return []


@pytest.fixture
def shelf() -> Shelf:
    return Shelf()


@pytest.fixture
def downloads() -> HandDownloads:
    return HandDownloads()


@pytest.fixture
def studio(qtbot: QtBot, tmp_path: Path, shelf: Shelf) -> Iterator[Studio]:
    """A window on the screen, without model and engine."""
    memory = WindowMemory(QSettings(str(tmp_path / "window.ini"), QSettings.Format.IniFormat))
    studio = Studio(memory, shelf.read)
    qtbot.addWidget(studio.window)
    studio.window.show()
    qtbot.waitExposed(studio.window)
    studio.window.activateWindow()
    yield studio
    studio.close()


@pytest.fixture
def playing_studio(
    studio: Studio, worker: HandWorker, outputs: list[ClockOutput], downloads: HandDownloads, tiny_model_file: Path
) -> Studio:
    """With a model, its first sound, a device, and vocoders to be had."""
    studio.vocoders.use(downloads)
    studio.models.open(tiny_model_file)
    studio.start_rendering(worker, Settings())
    studio.start_playing(Player(clock_device(outputs)))
    worker.answer()
    return studio
