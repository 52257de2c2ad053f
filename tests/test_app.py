"""Start of the app with and without a display."""

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
import soundfile
from PySide6.QtGui import QImage
from pytestqt.qtbot import QtBot

from distill_app import app, headless
from distill_app.common.logging_setup import stop_logging
from distill_app.ui.app import launch

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support propagateSizeHints")


@pytest.fixture(autouse=True)
def _quiet(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / ".state"))
    monkeypatch.setenv("QT_QPA_PLATFORM", "offscreen")
    monkeypatch.setattr(app, "start_logging", stop_logging)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, tiny_model_file: Path) -> Path:
    """The current folder, with a small starter model elsewhere."""
    path = tmp_path / "here"
    path.mkdir()
    monkeypatch.chdir(path)
    monkeypatch.setattr(headless, "STARTER_MODEL", tiny_model_file)
    return path


def test_without_a_display_there_are_a_sound_and_a_picture(
    folder: Path, qtbot: QtBot, capsys: pytest.CaptureFixture[str]
) -> None:
    assert app.main(["distill-app"]) == 0
    samples, rate = soundfile.read(folder / "distill-starter.wav")
    assert (rate, len(samples)) == (44_100, 4 * 44_100)
    assert np.abs(samples).max() > 0.001
    picture = QImage(str(folder / "distill-starter.png"))
    colours = {picture.pixelColor(x, y).name() for x in range(0, picture.width(), 7) for y in range(0, 480, 7)}
    assert (picture.width(), picture.height()) == (1200, 480)
    assert len(colours) > 50
    said = capsys.readouterr().out
    assert "no display" in said
    assert str(folder / "distill-starter.wav") in said
    assert str(folder / "distill-starter.png") in said


def test_nothing_is_overwritten(folder: Path, qtbot: QtBot) -> None:
    (folder / "distill-starter.png").write_text("precious")
    (folder / "distill-starter-2.wav").write_text("precious")
    assert app.main(["distill-app"]) == 0
    assert (folder / "distill-starter.png").read_text() == "precious"
    assert (folder / "distill-starter-2.wav").read_text() == "precious"
    assert {"distill-starter-3.wav", "distill-starter-3.png"} <= {path.name for path in folder.iterdir()}


def test_a_missing_starter_model_is_reported(folder: Path, tiny_model_file: Path) -> None:
    tiny_model_file.unlink()
    assert app.main(["distill-app"]) == 1
    assert list(folder.iterdir()) == []


def test_asking_for_the_window_opens_it_with_the_other_arguments(monkeypatch: pytest.MonkeyPatch) -> None:
    given: list[Sequence[str]] = []

    def run(argv: Sequence[str]) -> int:
        given.append(argv)
        return 0

    monkeypatch.setattr(launch, "run", run)
    assert app.main(["distill-app", "--window", "--marks", "bells.distillgan"]) == 0
    assert given == [["distill-app", "--marks", "bells.distillgan"]]


@pytest.mark.parametrize("arguments", [[], ["--window"], ["-platform", "nonsense"], ["--window", "--platform", "xcb"]])
def test_an_unusable_platform_is_reported_in_one_sentence(arguments: list[str], tmp_path: Path) -> None:
    environment = {name: value for name, value in os.environ.items() if "DISPLAY" not in name}
    if "nonsense" not in arguments:
        environment["QT_QPA_PLATFORM"] = "nonsense"
    command = [sys.executable, "-m", "distill_app.app", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, env=environment, timeout=60)
    assert done.returncode == 1
    assert done.stderr.startswith("No window can be opened: ")
    assert done.stderr.count("\n") == 1
    assert list(tmp_path.glob("*.wav")) == []
