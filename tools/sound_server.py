"""Private PulseAudio server whose only device is silent, runs in real time and can be recorded."""

import os
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

SINK = "vsink"
RATE = 44_100
_PATIENCE_SECONDS = 10.0
_PAUSE_SECONDS = 0.02


@dataclass(frozen=True)
class SoundServer:
    """Running server.

    Args:
        environment: variables for a program that plays through it.
    """

    environment: Mapping[str, str]

    @contextmanager
    def recorded(self, raw: Path) -> Iterator[None]:
        """Records the output into the file `raw`, stereo float32 at RATE."""
        options = ["--format=float32le", f"--rate={RATE}", "--channels=2", "--latency-msec=100", "--raw"]
        with _running(["parec", "-d", f"{SINK}.monitor", *options, str(raw)], self.environment):
            _wait_for(raw)
            time.sleep(0.5)  # the first samples come late
            yield
            time.sleep(0.5)


@contextmanager
def sound_server(folder: Path) -> Iterator[SoundServer]:
    """Runs a server whose files lie in `folder`."""
    run = folder / "run"
    run.mkdir(mode=0o700)
    environment = {"XDG_RUNTIME_DIR": str(run), "HOME": str(folder), "PULSE_SERVER": f"unix:{run}/pulse/native"}
    sink = f"module-null-sink sink_name={SINK} rate={RATE} format=float32le channels=2"
    server = ["pulseaudio", "-n", "--daemonize=no", "--exit-idle-time=-1", "--load=module-native-protocol-unix"]
    with _running([*server, f"--load={sink}"], {**environment, "PULSE_SERVER": ""}):
        _wait_for(run / "pulse" / "native")
        yield SoundServer(environment)


@contextmanager
def _running(command: list[str], environment: Mapping[str, str]) -> Iterator[None]:
    with subprocess.Popen(
        command, env=os.environ | dict(environment), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as process:
        try:
            yield
        finally:
            process.terminate()
            process.wait(10)


def _wait_for(path: Path) -> None:
    until = time.monotonic() + _PATIENCE_SECONDS
    while not path.exists():
        if time.monotonic() > until:
            raise TimeoutError(f"{path} did not appear")
        time.sleep(_PAUSE_SECONDS)
