"""Start and end of the real program in a separate process."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.paths import ROOT


def run(code: str, folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    homes = {f"XDG_{name}_HOME": str(folder / name) for name in ("CONFIG", "CACHE", "DATA", "STATE")}
    environment = os.environ | homes | {"QT_QPA_PLATFORM": "offscreen", "HOME": str(folder)}
    command = [sys.executable, "-W", "error", "-c", code, *arguments]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=100, check=False)


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


def test_marks_and_a_clean_end(tmp_path: Path, tiny_model_file: Path) -> None:
    settings = tmp_path / "CONFIG" / "Distill" / "settings.toml"
    settings.parent.mkdir(parents=True)
    settings.write_text("version = 1\nvolume = 0.5\nmuted = true\n")
    done = run(LAUNCH, tmp_path, str(tiny_model_file), "--marks", "--quit-after-first-sound")
    assert done.returncode == 0, done.stderr
    marks = dict(line.split() for line in done.stdout.splitlines())
    assert 0 < float(marks["shown"]) < float(marks["first-sound"])
    assert complaints(done.stderr) == []
    written = settings.read_text().splitlines()
    assert any(str(tiny_model_file) in line for line in written)
    assert {"volume = 0.5", "muted = true"} <= set(written), "the volume is kept"


def test_it_starts_with_anything_in_its_files(tmp_path: Path, tiny_model_file: Path) -> None:
    deep = b'{"a":' * 50_000 + b"1" + b"}" * 50_000
    places = ["CONFIG/Distill/settings.toml", "CONFIG/Distill/Distill.conf"]
    places += ["CACHE/Distill/speeds.json", "CACHE/Distill/runtimes.json", "DATA/Distill/vocoders/mine/vocoder.toml"]
    for place in places:
        (tmp_path / place).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / place).write_bytes(b"version = 1\nseed = " + b"[" * 9_000 if place.endswith("toml") else deep)
    done = run(LAUNCH, tmp_path, str(tiny_model_file), "--quit-after-first-sound")
    assert done.returncode == 0, done.stderr
    assert str(tiny_model_file) in (tmp_path / places[0]).read_text()
    assert (tmp_path / f"{places[0]}.bad").read_bytes().startswith(b"version = 1\nseed = [[")


@pytest.mark.parametrize("moment", [0, 400])
def test_closing_while_busy_is_clean(tmp_path: Path, tiny_model_file: Path, moment: int) -> None:
    """The window closes at once; the process ends after its current import."""
    code = f"""
import sys, time
from PySide6.QtCore import QTimer
from distill_app.ui.app import launch
start = launch.Launch._start_services
def start_and_close(self):
    start(self)
    def close():
        self.controller.session.set_seconds(300.0)
        QTimer.singleShot({moment}, leave)
    def leave():
        print(time.time(), flush=True)
        self.controller.window.close()
        assert not self.controller.window.isVisible()
    self.controller.first_sound.connect(close)
launch.Launch._start_services = start_and_close
sys.exit(launch.run(["distill-app", *sys.argv[1:]]))
"""
    done = run(code, tmp_path, str(tiny_model_file))
    ended = time.time()
    assert done.returncode == 0, done.stderr
    assert complaints(done.stderr) == []
    assert ended - float(done.stdout) < 8, "rendering all of it takes far longer, also on an idle machine"


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


@pytest.mark.parametrize(("moment", "endless"), [(0, False), (600, False), (0, True), (300, True)])
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


PRINT_MESSAGE = """
import sys
from distill_app.ui.app import launch
from PySide6.QtWidgets import QApplication
def report(self):
    print(self.controller.window.toast.message.sentence)
    QApplication.instance().quit()
launch.Launch._on_painted = report
sys.exit(launch.run(["distill-app"]))
"""


def startup_message(settings: str, folder: Path) -> str:
    """Text of the message that the window opens with."""
    place = folder / "CONFIG" / "Distill"
    place.mkdir(parents=True)
    (place / "settings.toml").write_text(f"version = 1\n{settings}\n")
    done = run(PRINT_MESSAGE, folder)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_a_missing_model_falls_back(tmp_path: Path) -> None:
    assert "gone.distillgan" in startup_message(f'model = "{tmp_path / "gone.distillgan"}"', tmp_path)


def test_a_vocoder_that_is_gone_falls_back(tmp_path: Path) -> None:
    message = startup_message('vocoder = "vocos-24k"', tmp_path)
    assert message.startswith("Vocos, 24 kHz is not on this computer; choose it in the list to get it again.")


def test_the_marks_count_from_the_start_of_the_process() -> None:
    code = "import time; time.sleep(0.5); from distill_app.ui.app import launch; print(launch._process_age_seconds())"
    begun = time.monotonic()
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert 0.5 <= float(done.stdout) <= time.monotonic() - begun + 0.05
