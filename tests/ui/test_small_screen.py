"""The window and its dialogs fit a screen of 960 × 540 logical pixels, with and without 200 % scaling."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.paths import ROOT


def on_screen(folder: Path, width: int, height: int, scale: str) -> dict[str, list[object]]:
    """Run `small_screen` on a simulated screen; returns the geometry that it prints."""
    screen = {"name": "Small", "x": 0, "y": 0, "width": width, "height": height}
    screen |= {"logicalDpi": 96, "logicalBaseDpi": 96, "dpr": 1}
    configuration = folder / "screens.json"
    configuration.write_text(json.dumps({"screens": [screen]}))
    own = {"QT_QPA_PLATFORM": f"offscreen:configfile={configuration}", "QT_SCALE_FACTOR": scale, "HOME": str(folder)}
    homes = {f"XDG_{name}_HOME": str(folder / name) for name in ("CONFIG", "CACHE", "DATA", "STATE")}
    command = [sys.executable, "-m", "tests.ui.small_screen", str(folder)]
    environment = os.environ | homes | own
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=100, check=False)
    assert done.returncode == 0, done.stderr
    notified: dict[str, list[object]] = json.loads(done.stdout)
    return notified


@pytest.mark.parametrize(("width", "height", "scale"), [(960, 540, "1"), (1920, 1080, "2")])
def test_the_window_and_every_dialog_lie_on_it(tmp_path: Path, width: int, height: int, scale: str) -> None:
    notified = on_screen(tmp_path, width, height, scale)
    assert notified.pop("screen") == [960, 540]
    assert {name: beyond for name, beyond in notified.items() if beyond} == {}
