"""PortAudio outputs the samples of the loop source bit for bit, on devices that need no sound card."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from distill_app.dsp.sound import Samples
from tests.audio.play_noise import expected
from tests.paths import ROOT
from tests.recorded import difference, pieces
from tools.environment import missing_test_packages
from tools.sound_server import sound_server

_LINUX = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="ALSA and PulseAudio are Linux's")
_PULSE = pytest.mark.skipif(
    bool(missing_test_packages()),
    reason="a package of tools/environment.py is missing: nothing checks here that sound comes out in time "
    "(test_every_sample_reaches_the_device_once_and_in_order checks what comes out)",
)
_FILE_DEVICE = """
pcm.tofile {{ type file; file "{path}"; format "raw"; slave.pcm "null" }}
pcm.!default {{ type plug; slave.pcm "tofile" }}
"""
_PYTHON_CALLBACK = "import sys; sys.modules['rtmixer'] = None; sys.argv = sys.argv[1:]; "


def _play(frames: int, environment: Mapping[str, str], start: str = "") -> dict[str, Any]:
    code = start + f"from tests.audio.play_noise import main; main({frames})"
    command = [sys.executable, "-c", code, "play"]
    surroundings = os.environ | dict(environment)
    shown = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, env=surroundings, timeout=60, check=False)
    assert shown.returncode == 0, shown.stderr
    result: dict[str, Any] = json.loads(shown.stdout.splitlines()[-1])
    return result


def _captured(raw: Path) -> Samples:
    """All frames, from the first to the last that is not silent. The file, which may be large, is removed."""
    octets = np.fromfile(raw, "<f4")
    raw.unlink()
    frames = octets[: len(octets) // 2 * 2].reshape(-1, 2)
    sounding = np.flatnonzero(frames.any(axis=1))
    return frames[sounding[0] : sounding[-1] + 1].copy()


def _sounding(frames: Samples) -> Samples:
    return frames[frames.any(axis=1)]


@_LINUX
@pytest.mark.parametrize(("start", "callback"), [("", "C"), (_PYTHON_CALLBACK, "Python")], ids=["C", "Python"])
def test_every_sample_reaches_the_device_once_and_in_order(tmp_path: Path, start: str, callback: str) -> None:
    """A device that writes a file reads faster than the output thread writes, so there is silence in between."""
    (tmp_path / ".asoundrc").write_text(_FILE_DEVICE.format(path=tmp_path / "out.raw"))
    nowhere = {"HOME": str(tmp_path), "XDG_RUNTIME_DIR": str(tmp_path), "PULSE_SERVER": ""}
    status = _play(8820, nowhere, start)
    assert (status["rate"], status["callback"]) == (44_100, callback)
    assert status["underflows"] > 0
    np.testing.assert_array_equal(_sounding(_captured(tmp_path / "out.raw")), expected(8820))


@_LINUX
@_PULSE
def test_a_sound_server_receives_the_exact_samples_in_time(tmp_path: Path) -> None:
    """Each part between two underflows is exact on a computer that is too busy.

    An underflow shorter than a silence costs the pieces on either side of it.
    """
    raw = tmp_path / "captured.raw"
    with sound_server(tmp_path) as server, server.recorded(raw):
        status = _play(88_200, server.environment)
    assert (status["rate"], status["callback"]) == (44_100, "C")
    assert status["took"] > 1.9
    assert status["latency"] < 0.25
    heard = _captured(raw)
    sent = expected(88_200)
    if status["underflows"]:
        exact = [difference(piece, sent[:, 0]) == 0 for piece in pieces(heard[:, 0])]
        assert exact.count(True) > 4
        assert exact.count(False) <= 2 * status["underflows"]
    else:
        np.testing.assert_array_equal(heard, sent)


_SCAN = """
from distill_app.audio.portaudio import scan_outputs
if __name__ == "__main__":
    for output in scan_outputs():
        print(output.name, output.host_api, output.channels, output.is_default)
"""


@_LINUX
@_PULSE
def test_another_process_lists_the_outputs(tmp_path: Path) -> None:
    (tmp_path / "scan.py").write_text(_SCAN)
    command = [sys.executable, str(tmp_path / "scan.py")]
    with sound_server(tmp_path) as server:
        surroundings = os.environ | dict(server.environment) | {"PYTHONPATH": str(ROOT)}
        shown = subprocess.run(command, capture_output=True, text=True, env=surroundings, timeout=60, check=True)
    assert "default ALSA 32 True" in shown.stdout.splitlines()


_NO_DEVICE = """
from distill_app.audio.player import Player
from distill_app.common.errors import AudioDeviceError
from tests.audio.play_noise import noise
player = Player()
player.live.set_loop(noise(1000))
try:
    player.play()
except AudioDeviceError as error:
    print(error)
"""


@_LINUX
def test_without_any_device_the_error_says_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "alsa.conf").write_text("pcm.none { type none }")  # PortAudio aborts on an empty one
    nowhere = {"HOME": str(tmp_path), "ALSA_CONFIG_PATH": str(tmp_path / "alsa.conf"), "JACK_NO_START_SERVER": "1"}
    command = [sys.executable, "-c", _NO_DEVICE]
    shown = subprocess.run(
        command, capture_output=True, text=True, cwd=ROOT, env=os.environ | nowhere, timeout=60, check=True
    )
    assert shown.stdout.strip() == (
        "No sound output was found; connect or switch on a sound device, then press Play again."
    )
