"""Process with the complete window and a slider that moves thirty times a second; run by `bench_live`."""

import argparse
import json
import math
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from PySide6.QtCore import QObject, QSettings, Qt, QTimer
from PySide6.QtWidgets import QApplication

from distill_app.audio.devices import DeviceChoice, Latency
from distill_app.audio.format import PLAYBACK_RATE
from distill_app.audio.output import BUFFERING, Output
from distill_app.audio.player import Player
from distill_app.audio.portaudio import open_output
from distill_app.common.paths import STARTER_MODEL
from distill_app.common.settings import Settings
from distill_app.dsp.sound import Samples
from distill_app.ui.app.controller import AppController
from distill_app.ui.common.window_settings import WindowSettings
from distill_app.ui.style.theme import apply_theme
from distill_app.workers.rendering.worker import RenderThread
from tools.capture_analysis import count_steps, read_samples
from tools.live_probe import Probe

MOVES_HZ = 30
WRITTEN = "written.raw"
_FRAME_MS = 16
_LOOP_SECONDS = 4.0
_WARM_UP_SECONDS = 2.0
_SETTLED_SHARE = 0.2  # of a run, before the first reading of memory


class ClockDevice:
    """Output device without hardware: it consumes frames in real time and counts underflows."""

    device, host_api, callback, channels = "Clock", "Bench", "C", 2
    alive = True
    latency_seconds = 0.0

    def __init__(self, latency: Latency) -> None:
        self.sample_rate = PLAYBACK_RATE
        self.underflows = 0
        self._ring = BUFFERING[latency].ring_frames(self.sample_rate)
        self._written = 0
        self._begun = time.monotonic()

    def free_frames(self) -> int:
        return self._ring - self.queued()

    def queued(self) -> int:
        return max(0, self._written - int((time.monotonic() - self._begun) * self.sample_rate))

    def write(self, block: Samples) -> None:
        late = int((time.monotonic() - self._begun) * self.sample_rate) - self._written
        if late > 0:
            self.underflows += bool(self._written)
            self._begun += late / self.sample_rate
        self._written += len(block)

    def service(self) -> None:
        """Does nothing."""

    def close(self) -> None:
        self.alive = False


class FrameTimer(QObject):
    """Seconds between frames on the window's thread."""

    def __init__(self) -> None:
        super().__init__()
        self.seconds: list[float] = []
        self._last = 0.0
        self._timer = QTimer(self, interval=_FRAME_MS, timerType=Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._tick)

    def begin(self) -> None:
        self._last = time.monotonic()
        self._timer.start()

    def _tick(self) -> None:
        now = time.monotonic()
        self.seconds.append(now - self._last)
        self._last = now


class LiveWindow:
    """Window, audio engine and moving slider of one measurement."""

    def __init__(self, app: QApplication, options: argparse.Namespace) -> None:
        self._app, self._seconds = app, options.seconds
        self.controller = AppController(
            WindowSettings(QSettings(str(options.folder / "window.ini"), QSettings.Format.IniFormat))
        )
        self._choice = DeviceChoice(latency=options.latency)
        self._card = options.card
        self.player, self.thread = Player(self._open), RenderThread()
        self.probe = Probe(self.player.live, options.folder / WRITTEN)
        self.frames = FrameTimer()
        self._step = 0
        self._moves = QTimer(interval=1000 // MOVES_HZ, timerType=Qt.TimerType.PreciseTimer)
        self._moves.timeout.connect(self._move)
        self._begin(options.vocoder, options.endless)

    def _open(self, choice: DeviceChoice) -> Output:
        return self.probe.watch(ClockDevice(choice.latency) if self._card else open_output(choice))

    def _begin(self, vocoder: str, endless: bool) -> None:
        controller = self.controller
        controller.window.show()
        controller.models.open(STARTER_MODEL)
        controller.session.set_vocoder(vocoder)
        if endless:
            controller.session.set_endless(True)
        else:
            controller.session.set_seconds(_LOOP_SECONDS)
        self.player.choose(self._choice)
        worker = self.thread.worker
        worker.play_into(self.player.live)
        worker.progressed.connect(self._on_progressed, Qt.ConnectionType.DirectConnection)
        self.thread.start()
        controller.start_rendering(worker, Settings())
        controller.start_playing(self.player)
        self._run_until(lambda: controller.rendering is not None and controller.rendering.shown is not None)
        controller.toggle_playing()
        self.run(_WARM_UP_SECONDS)

    def _on_progressed(self, _stage: str, fraction: float) -> None:
        if fraction == 0.0:
            self.probe.on_taken()

    def _run_until(self, condition: Callable[[], bool]) -> None:
        while not condition():
            self.run(0.05)

    def run(self, seconds: float) -> None:
        """Runs the event loop for `seconds`."""
        QTimer.singleShot(round(1000 * seconds), self._app.quit)
        self._app.exec()

    def _move(self) -> None:
        self._step += 1
        value = math.sin(2 * math.pi * self._step / (4 * MOVES_HZ))
        character = self.controller.window.play.slider_panel.character
        character.sliders[0].set_current(value)
        self.probe.on_moved()
        character.moved.emit(0, value)

    def measure_sweep(self) -> dict[str, float]:
        """Figures of a run in which the slider moves all the time."""
        self.frames.begin()
        self._moves.start()
        self.run(_SETTLED_SHARE * self._seconds)
        memory = resident_mib()
        load: list[float] = []
        while len(load) < 4:
            self.run((1 - _SETTLED_SHARE) / 4 * self._seconds)
            load.append(self.player.status.load)
        self._moves.stop()
        grown, status = resident_mib() - memory, self.player.status
        self.run(2.0)
        return {
            "memory_growth_MiB": grown,
            "feeder_load": float(np.mean(load)),
            "device_ms": 1000 * status.device_seconds,
            "ring_ms": 1000 * status.ring_seconds,
        }

    def measure_idle(self) -> dict[str, float]:
        """Figures of a run in which only the playhead and the live spectrogram move."""
        self.controller.window.play.picture.set_live(True)
        self.run(1.0)
        begun, spent = time.monotonic(), time.process_time()
        self.run(self._seconds)
        share = (time.process_time() - spent) / (time.monotonic() - begun)
        return {"cpu_share_of_a_core": share}

    def latencies_ms(self) -> dict[str, float]:
        """Latencies of the movements. Call it after `finish`: computing them delays the output thread."""
        milliseconds = {
            "change": self.probe.all_seconds,
            "change_newest": self.probe.newest_seconds,
            "frame": self.frames.seconds,
        }
        return {
            f"{name}_{word}_ms": 1000 * float(np.quantile(values, share)) if values else math.nan
            for name, values in milliseconds.items()
            for word, share in (("median", 0.5), ("p99", 0.99))
        } | {"moves": float(self._step), "moves_answered": float(len(self.probe.all_seconds))}

    def finish(self) -> dict[str, float]:
        """Stops and closes everything; figures of the whole output."""
        self.controller.toggle_playing()
        self.run(0.5)
        underflows = self.player.status.underflows
        self.controller.close()
        self.thread.stop()
        with self.probe as probe:
            splices = probe.splices
        steps = count_steps(read_samples(probe.written), splices)
        return {"underflows": float(underflows), "splices": float(len(splices)), "steps": float(steps)}


def resident_mib() -> float:
    status = Path("/proc/self/status").read_text()
    return int(status.partition("VmRSS:")[2].split()[0]) / 1024


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--vocoder", required=True)
    parser.add_argument("--seconds", type=float, required=True)
    parser.add_argument("--latency", default="normal")
    parser.add_argument("--card", action="store_true")
    parser.add_argument("--still", action="store_true")
    parser.add_argument("--endless", action="store_true")
    options = parser.parse_args()
    app = QApplication(["bench-live"])
    apply_theme(app)
    live_window = LiveWindow(app, options)
    figures = (live_window.measure_idle() if options.still else live_window.measure_sweep()) | live_window.finish()
    print(json.dumps(figures if options.still else figures | live_window.latencies_ms()))


if __name__ == "__main__":
    main()
