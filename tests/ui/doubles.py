"""A worker that answers when the test says so, and a device that takes its frames by the clock."""

import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from PySide6.QtCore import QObject, Signal

from distill_app.dsp.sound import Samples, Sound
from distill_app.dsp.spectrogram import Spectrogram
from distill_app.engine.devices import DeviceChoice
from distill_app.engine.jobs import ExportRequest, RenderRequest, RenderResult
from distill_app.engine.output import Output
from distill_app.errors import AudioDeviceError
from distill_app.generation.export_format import ExportFormat

RATE = 44_100


class HandWorker(QObject):
    """Remembers what was asked of it; the test answers."""

    progressed = Signal(str, float)
    finished = Signal(object)
    failed = Signal(object, str, str)
    exported = Signal(object, int)
    export_progressed = Signal(object, float)
    export_cancelled = Signal(object)
    export_failed = Signal(object, str, str)
    heard = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.requests: list[RenderRequest] = []
        self.exports: list[ExportRequest] = []
        self.cancelled = self.cancelled_exports = 0

    def submit(self, request: RenderRequest) -> None:
        self.requests.append(request)

    def cancel(self) -> None:
        self.cancelled += 1

    def export(self, request: RenderRequest, path: Path, wanted: ExportFormat, overwrite: bool = False) -> None:
        self.exports.append(ExportRequest(request, path, wanted, overwrite))

    def cancel_export(self) -> None:
        self.cancelled_exports += 1

    def answer(self, request: RenderRequest | None = None, hertz: float = 440.0) -> RenderResult:
        """Finishes the newest request, or an older one."""
        request = request or self.requests[-1]
        result = RenderResult(request, tone(request.config.seconds, hertz), picture(request.config.seconds), 0.25)
        self.finished.emit(result)
        return result

    def fail(self, sentence: str = "It did not work.", details: str = "Traceback …") -> None:
        self.failed.emit(self.requests[-1], sentence, details)


def tone(seconds: float, hertz: float = 440.0) -> Sound:
    moments = np.arange(round(seconds * RATE)) / RATE
    return Sound((0.5 * np.sin(2 * np.pi * hertz * moments))[None].astype(np.float32), RATE)


def picture(seconds: float = 4.0) -> Spectrogram:
    """256 rows from 40 Hz up, ten octaves less one: row 0 is at the floor, the last at 0 dB."""
    levels = np.linspace(-90, 0, 256, dtype=np.float32)[:, None] * np.ones((1, 100), np.float32)
    return Spectrogram(levels, 40.0, 20_000.0, seconds)


class ClockOutput:
    """Takes its frames at the pace of the clock, and keeps them."""

    device = "Test output"
    host_api = "Test"
    channels = 2
    callback = "C"
    alive = True
    underflows = 0
    latency_seconds = 0.01

    def __init__(self, sample_rate: int = RATE) -> None:
        self.sample_rate = sample_rate
        self.heard: list[Samples] = []
        self._written, self._begun = 0, time.monotonic()
        self.closed = False
        self._frozen: float | None = None

    def freeze(self) -> None:
        """Takes nothing from now on, and says nothing of it."""
        self._frozen = time.monotonic()

    def space(self) -> int:
        return 4096 - self.queued()

    def queued(self) -> int:
        return max(0, self._written - int(((self._frozen or time.monotonic()) - self._begun) * self.sample_rate))

    def write(self, block: Samples) -> None:
        self.heard.append(block.copy())
        self._written += len(block)

    def tend(self) -> None:
        """Nothing to look after."""

    def close(self) -> None:
        self.closed, self.alive = True, False


def no_device(_choice: DeviceChoice) -> Output:
    raise AudioDeviceError("No sound output was found.")


def clock_device(kept: list[ClockOutput]) -> Callable[[DeviceChoice], Output]:
    """Opens `ClockOutput`s and keeps them where the test can look."""

    def open_device(choice: DeviceChoice) -> Output:
        kept.append(ClockOutput(choice.sample_rate or RATE))
        return kept[-1]

    return open_device
