"""Fixtures of the window tests: a themed application, and a controller with empty user folders."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from distill_app.common.settings import Settings
from distill_app.generation.config import GenerationConfig
from distill_app.models.header import read_header
from distill_app.ui.app.controller import AppController
from distill_app.ui.app.menu_commands import install_commands
from distill_app.ui.common.window_settings import WindowSettings
from distill_app.ui.style.theme import apply_theme
from distill_app.ui.train.training import setup_panel
from tests.ui.fakes import ClockOutput, FakeDownloads, FakeRenderWorker, FakeVocoderRegistry, clock_device


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Ignores warnings of the offscreen platform about windows, tool tips and lists."""
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
def _no_memory_estimate(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Under --no-torch: the estimate builds a network, in a thread that cannot skip the test."""
    if request.config.getoption("--no-torch"):
        monkeypatch.setattr(setup_panel, "estimated_bytes", lambda seconds: 2**30)


@pytest.fixture(autouse=True)
def _themed(qapp: QApplication) -> None:
    if not qapp.styleSheet():
        apply_theme(qapp)


@pytest.fixture
def worker() -> FakeRenderWorker:
    return FakeRenderWorker()


@pytest.fixture
def outputs() -> list[ClockOutput]:
    return []


@pytest.fixture
def registry() -> FakeVocoderRegistry:
    return FakeVocoderRegistry()


@pytest.fixture
def downloads() -> FakeDownloads:
    return FakeDownloads()


@pytest.fixture
def controller(qtbot: QtBot, tmp_path: Path, registry: FakeVocoderRegistry) -> Iterator[AppController]:
    """Controller with a shown window, without model, renderer and player."""
    window_settings = WindowSettings(QSettings(str(tmp_path / "window.ini"), QSettings.Format.IniFormat))
    controller = AppController(window_settings, registry.read)
    install_commands(controller)
    # Closed before pytest-qt has the window deleted: an event loop in which closing waits would do that meanwhile.
    qtbot.addWidget(controller.window, before_close_func=lambda _: controller.close())
    controller.window.show()
    qtbot.waitExposed(controller.window)
    controller.window.activateWindow()
    yield controller
    controller.deleteLater()


@pytest.fixture
def playing_controller(
    controller: AppController,
    worker: FakeRenderWorker,
    outputs: list[ClockOutput],
    downloads: FakeDownloads,
    tiny_model_file: Path,
) -> AppController:
    """Controller with a model, its first sound of 4 s, a device and downloadable vocoders."""
    controller.vocoders.use(downloads)
    settings = controller.session.model_settings
    settings.keep(tiny_model_file, read_header(tiny_model_file), GenerationConfig())
    controller.models.open(tiny_model_file)
    controller.start_rendering(worker, Settings())
    controller.start_playing(worker.player(clock_device(outputs)))
    worker.answer()
    return controller
