"""Start and end of the real program: in a separate process where its imports or its end are looked at."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from PySide6.QtCore import QSettings
from pytestqt.qtbot import QtBot

from distill_app.ui.app import launch
from tests.paths import ROOT

Start = Callable[..., launch.Launch]


QUICK_EXIT = "import atexit, gc; atexit.register(gc.freeze)\n"
"""Done by the program itself too: looking through torch's objects at exit takes 1.5 s."""


def run(code: str, folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    homes = {f"XDG_{name}_HOME": str(folder / name) for name in ("CONFIG", "CACHE", "DATA", "STATE")}
    environment = os.environ | homes | {"QT_QPA_PLATFORM": "offscreen", "HOME": str(folder)}
    command = [sys.executable, "-W", "error", "-c", QUICK_EXIT + code, *arguments]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=250, check=False)


def test_the_window_is_shown_without_torch_device_or_pyqtgraph(tmp_path: Path, tiny_model_file: Path) -> None:
    code = """
import sys
from distill_app.ui.app import launch
from PySide6.QtWidgets import QApplication
def report(self):
    heavy = [name for name in ("torch", "sounddevice", "rtmixer", "pyqtgraph") if name in sys.modules]
    names = [slider.painter.name for slider in self.controller.window.play.slider_panel.sliders]
    print(heavy, names, self.controller.window.isVisible())
    QApplication.instance().quit()
launch.Launch._on_painted = report
sys.exit(launch.run(["distill-app", *sys.argv[1:]]))
"""
    done = run(code, tmp_path, str(tiny_model_file))
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == "[] ['Brightness', 'Axis 2'] True"


LAUNCH = "import sys; from distill_app.ui.app.launch import run; sys.exit(run(['distill-app', *sys.argv[1:]]))"


def complaints(errors: str) -> list[str]:
    """Lines of stderr without the warnings of the offscreen platform."""
    return [line for line in errors.splitlines() if "This plugin does not support" not in line]


MEASURED = """
import time
time.sleep(0.5)
import sys
from PySide6.QtCore import QTimer
from distill_app.ui.app import launch
print("age", launch._process_age_seconds())
print("age-at", time.time())
start = launch.Launch._start_services
def start_and_close(self):
    start(self)
    def close():
        self.controller.session.set_seconds(300.0)
        QTimer.singleShot(400, leave)
    def leave():
        print("left", time.process_time(), flush=True)
        self.controller.window.close()
        assert not self.controller.window.isVisible()
    self.controller.first_sound.connect(close)
launch.Launch._start_services = start_and_close
sys.exit(launch.run(["distill-app", *sys.argv[1:]]))
"""


@dataclass(frozen=True)
class Measured:
    """A start with marks, and the end of the program while it renders five minutes.

    Args:
        begun: time before the process was started.
        processor_seconds: processor time of the process, from its start to its end.
        marks: numbers that it printed, by their names.
        settings: lines of the settings that it wrote.
    """

    begun: float
    processor_seconds: float
    marks: dict[str, float]
    complaints: list[str]
    settings: list[str]


@pytest.fixture(scope="module")
def measured(tmp_path_factory: pytest.TempPathFactory, tiny_model_path: Path) -> Measured:
    folder = tmp_path_factory.mktemp("measured")
    settings = folder / "CONFIG" / "Distill" / "settings.toml"
    settings.parent.mkdir(parents=True)
    settings.write_text("version = 1\nvolume = 0.5\nmuted = true\n")
    begun, before = time.time(), _processor_seconds_of_children()
    done = run(MEASURED, folder, str(tiny_model_path), "--marks")
    spent = _processor_seconds_of_children() - before
    assert done.returncode == 0, done.stderr
    marks = {name: float(value) for name, value in (line.split() for line in done.stdout.splitlines())}
    return Measured(begun, spent, marks, complaints(done.stderr), settings.read_text().splitlines())


def _processor_seconds_of_children() -> float:
    times = os.times()
    return times.children_user + times.children_system


def test_marks_and_a_clean_end(measured: Measured, tiny_model_path: Path) -> None:
    assert 0 < measured.marks["shown"] < measured.marks["first-sound"]
    assert measured.complaints == []
    assert any(str(tiny_model_path) in line for line in measured.settings)
    assert {"volume = 0.5", "muted = true"} <= set(measured.settings), "the volume is kept"


def test_the_marks_count_from_the_start_of_the_process(measured: Measured) -> None:
    assert 0.5 <= measured.marks["age"] <= measured.marks["age-at"] - measured.begun + 0.05


def test_closing_while_it_renders_ends_the_process(measured: Measured) -> None:
    """The window closes at once; the process ends soon after."""
    assert measured.processor_seconds - measured.marks["left"] < 3, "rendering all of it takes far longer"


@pytest.fixture
def start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Start]:
    """Starts the program within the test's process, with settings in folders of the test."""
    monkeypatch.setattr(launch, "_exit_process", lambda code: None)
    monkeypatch.setattr(
        launch,
        "QSettings",
        lambda *names: QSettings(str(tmp_path / "config/Distill/Distill.conf"), QSettings.Format.IniFormat),
    )
    started: list[launch.Launch] = []

    def start(*arguments: str) -> launch.Launch:
        started.append(launch.Launch(launch._options(arguments)))
        return started[-1]

    yield start
    for each in started:
        end(each)


def end(started: launch.Launch) -> None:
    """Closes the window and waits for the thread, once."""
    started.controller.window.close()
    if started._thread is not None and started._thread.isRunning():
        started.finish(0)


def sound_and_end(qtbot: QtBot, started: launch.Launch) -> None:
    """Waits for the first sound, after which the window closes itself."""
    qtbot.waitUntil(lambda: not started.controller.window.isVisible(), timeout=60_000)


def test_it_starts_with_anything_in_its_files(
    qtbot: QtBot, start: Start, tmp_path: Path, tiny_model_file: Path
) -> None:
    deep = b'{"a":' * 50_000 + b"1" + b"}" * 50_000
    places = ["config/Distill/settings.toml", "config/Distill/Distill.conf"]
    places += ["cache/Distill/speeds.json", "cache/Distill/runtimes.json", "data/Distill/vocoders/mine/vocoder.toml"]
    for place in places:
        (tmp_path / place).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / place).write_bytes(b"version = 1\nseed = " + b"[" * 9_000 if place.endswith("toml") else deep)
    started = start(str(tiny_model_file), "--quit-after-first-sound")
    sound_and_end(qtbot, started)
    assert str(tiny_model_file) in (tmp_path / places[0]).read_text()
    assert (tmp_path / f"{places[0]}.bad").read_bytes().startswith(b"version = 1\nseed = [[")


def test_closing_before_the_next_render_begins(qtbot: QtBot, start: Start, tiny_model_file: Path) -> None:
    """The thread ends although it was just asked for five minutes of sound."""
    started = start(str(tiny_model_file), "--quit-after-first-sound")
    started.controller.first_sound.connect(lambda: started.controller.session.set_seconds(300.0))
    sound_and_end(qtbot, started)
    begun = time.process_time()
    end(started)
    assert time.process_time() - begun < 8, "rendering all of it takes far longer"


def test_closing_while_a_slow_vocoder_computes_is_clean(tmp_path: Path, tiny_model_file: Path) -> None:
    """The process ends although a step of the network cannot be interrupted."""
    code = """
import sys, torch
from PySide6.QtCore import QTimer
from distill_app.ui.app import launch
from distill_app.vocoders.built_in import BUILT_IN_VOCODERS
from tests.local_vocoder import SLOW, LocalVocoder
class Heavy(LocalVocoder):
    def stream(self, blocks):
        print("computing", flush=True)
        weights = torch.randn(512, 512)
        while True:
            for _ in range(2000):
                weights = torch.relu(weights @ weights).softmax(0)
            yield weights[:0]
BUILT_IN_VOCODERS[SLOW] = Heavy
start = launch.Launch._start_services
def start_and_close(self):
    start(self)
    self.controller.session.set_seconds(4.0)
    self.controller.first_sound.connect(lambda: self.controller.vocoders.choose(SLOW.id))
    QTimer.singleShot(0, lambda: wait(self))
def wait(self):
    shown = self.controller.window.play.transport.progress.stage
    wanted = shown.startswith("Rendering with Slow")
    QTimer.singleShot(700 if wanted else 50, self.controller.window.close if wanted else lambda: wait(self))
launch.Launch._start_services = start_and_close
sys.exit(launch.run(["distill-app", *sys.argv[1:]]))
"""
    done = run(code, tmp_path, str(tiny_model_file))
    assert done.returncode == 0, done.stderr
    assert complaints(done.stderr) == []
    assert "computing" in done.stdout


@pytest.mark.parametrize(("moment", "endless"), [(0, False), (300, True)])
def test_closing_while_torch_is_imported_is_clean(
    tmp_path: Path, tiny_model_file: Path, moment: int, endless: bool
) -> None:
    """The process ends although an import cannot be interrupted."""
    (tmp_path / "torch.py").write_text("import time\ntime.sleep(3600)\n")
    code = f"""
import sys
from PySide6.QtCore import QTimer
if {endless}:
    sys.path.insert(0, {str(tmp_path)!r})
from distill_app.ui.app import launch
start = launch.Launch._start_services
def start_and_close(self):
    start(self)
    QTimer.singleShot({moment}, self.controller.window.close)
launch.Launch._start_services = start_and_close
sys.exit(launch.run(["distill-app", *sys.argv[1:]]))
"""
    done = run(code, tmp_path, str(tiny_model_file))
    assert done.returncode == 0, done.stderr
    assert complaints(done.stderr) == []
    assert "tiny" in (tmp_path / "CONFIG" / "Distill" / "settings.toml").read_text()
    assert "geometry=" in (tmp_path / "CONFIG" / "Distill" / "Distill.conf").read_text()


def startup_message(start: Start, settings: str, folder: Path) -> str:
    """Text of the message that the window opens with."""
    place = folder / "config" / "Distill"
    place.mkdir(parents=True)
    (place / "settings.toml").write_text(f"version = 1\n{settings}\n")
    message = start().controller.window.toast.message
    assert message is not None
    return message.sentence


def test_a_missing_model_falls_back(start: Start, tmp_path: Path) -> None:
    assert "gone.distillgan" in startup_message(start, f'model = "{tmp_path / "gone.distillgan"}"', tmp_path)


def test_a_vocoder_that_is_gone_falls_back(start: Start, tmp_path: Path) -> None:
    message = startup_message(start, 'vocoder = "vocos-24k"', tmp_path)
    assert message.startswith("Vocos, 24 kHz is not on this computer; choose it in the list to get it again.")
