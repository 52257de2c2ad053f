"""Fake worker, downloads, vocoder registry and sound device."""

import time
from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

import numpy as np
from PySide6.QtCore import QObject, Signal

from distill_app.audio.device_manager import OpenDevice
from distill_app.audio.devices import DeviceChoice
from distill_app.audio.output import Output
from distill_app.audio.player import Player
from distill_app.audio.shared_loop import SharedLoop
from distill_app.common.errors import AudioDeviceError
from distill_app.common.paths import vocoder_folder
from distill_app.dsp.mel_format import DISTILL_MEL, MelFormat
from distill_app.dsp.sound import Samples, Sound
from distill_app.dsp.spectrogram import Spectrogram
from distill_app.generation.export_format import ExportFormat
from distill_app.vocoders.base import VocoderInfo
from distill_app.vocoders.built_in import BUILT_IN, GRIFFIN_LIM
from distill_app.vocoders.registry import State, VocoderEntry
from distill_app.vocoders.runtime.compute_config import ComputeConfig
from distill_app.workers.rendering.messages import (
    ActiveVocoder,
    EndlessResult,
    ExportRequest,
    RenderRequest,
    RenderResult,
)

RATE = 44_100


class FakeRenderWorker(QObject):
    """Worker that records its requests; the test reports their results."""

    progressed = Signal(str, float)
    finished = Signal(object)
    failed = Signal(object, str, str)
    exported = Signal(object, int)
    export_progressed = Signal(object, float)
    export_cancelled = Signal(object)
    export_failed = Signal(object, str, str)
    model_failed = Signal(object)
    heard = Signal(object)
    noticed = Signal(str)
    speed_measured = Signal()
    devices_found = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.compute = ComputeConfig()
        self.requests: list[RenderRequest] = []
        self.exports: list[ExportRequest] = []
        self.restored: list[RenderResult | EndlessResult] = []
        self.live: SharedLoop | None = None
        self._result: RenderResult | None = None
        self.cancelled = 0
        self.cancelled_exports: list[Path] = []

    def compute_with(self, compute: ComputeConfig) -> None:
        self.compute = compute

    def submit(self, request: RenderRequest) -> None:
        self.requests.append(request)

    def player(self, open_device: OpenDevice) -> Player:
        """A player whose loop this worker writes, at once where it has answered before."""
        player = Player(open_device)
        self.live = player.live
        if self._result is not None:
            self._write(self._result)
        return player

    def restore(self, result: RenderResult | EndlessResult) -> None:
        self.restored.append(result)
        if isinstance(result, RenderResult):
            self._write(result)
        self.heard.emit(ActiveVocoder(result.request.vocoder, preview=False))

    def cancel(self) -> None:
        self.cancelled += 1

    def export(
        self,
        request: RenderRequest,
        path: Path,
        wanted: ExportFormat,
        overwrite: bool = False,
        seamless: bool = False,
    ) -> None:
        self.exports.append(ExportRequest(request, path, wanted, overwrite, seamless))

    def finish_export(self) -> Path:
        """Writes the file of the newest export."""
        asked = self.exports[-1]
        asked.path.write_bytes(bytes(round(asked.sound.config.seconds * asked.wanted.rate) * 3))
        self.exported.emit(asked.path, 0)
        return asked.path

    def cancel_export(self, path: Path) -> None:
        self.cancelled_exports.append(path)

    def answer(self, request: RenderRequest | None = None, hertz: float = 440.0) -> RenderResult:
        """Finishes `request`, or the newest one."""
        request = request or self.requests[-1]
        result = RenderResult(
            request, tone(request.config.seconds, hertz), picture(request.config.seconds), 0.25, request.vocoder
        )
        self._write(result)
        self.finished.emit(result)
        return result

    def answer_endless(self) -> None:
        """Says that the newest request, of an endless sound, can be played."""
        request = self.requests[-1]
        assert request.config.endless
        self.finished.emit(EndlessResult(request, 0.25, request.vocoder))

    def _write(self, result: RenderResult) -> None:
        self._result = result
        if self.live is not None:
            self.live.set_loop(result.sound)

    def fail(self, sentence: str = "It did not work.", details: str = "Traceback …") -> None:
        self.failed.emit(self.requests[-1], sentence, details)

    def fail_to_load(self) -> None:
        """Reports that the model of the newest request is damaged."""
        model = self.requests[-1].model
        self.fail(f"“{model.name}” is damaged and cannot be opened.", "")
        self.model_failed.emit(model)


class FakeDownloads(QObject):
    """Downloads that records its requests; the test reports their results."""

    progressed = Signal(str, object, object)
    finished = Signal(str)
    removed = Signal(str)
    failed = Signal(str, str)
    cancelled = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.started: list[str] = []
        self.imports: list[Path] = []
        self.removals: list[str] = []
        self.cancels = 0

    def start(self, name: str) -> None:
        self.started.append(name)

    def import_folder(self, folder: Path) -> None:
        self.imports.append(folder)

    def remove(self, name: str) -> None:
        self.removals.append(name)

    def cancel(self) -> None:
        self.cancels += 1


class FakeVocoderRegistry:
    """Vocoders of a fake computer: the two built-in ones, and LARGE, SMALL and LOST."""

    def __init__(self) -> None:
        self.reads = 0
        self.entries = {
            info.id: VocoderEntry(info, "built in") for info in (GRIFFIN_LIM, replace(BUILT_IN, size_bytes=13_600_000))
        }
        self.put(LARGE, "available")
        self.put(SMALL, "installed")
        self.entries[LOST.id] = VocoderEntry(LOST, "damaged", "“Lost” is damaged; remove it and import it again.")

    def read(self) -> tuple[VocoderEntry, ...]:
        self.reads += 1
        return tuple(self.entries.values())

    def put(self, info: VocoderInfo, state: State) -> None:
        """Sets the state of a published vocoder."""
        folder = None if state == "available" else vocoder_folder() / info.id
        reason = f"A file of {info.title} is damaged; get it again." if state == "damaged" else ""
        self.entries[info.id] = VocoderEntry(info, state, reason, info.size_bytes, 0.0, f"example/{info.id}", folder)


_SPEECH = MelFormat(22_050, 1_024, 256, 1_024, 80, 0.0, 8_000.0)
LARGE = VocoderInfo(
    "bigvgan-v2-44k", "BigVGAN v2, 44.1 kHz", "The richest.", DISTILL_MEL, 122_152_752, "MIT", False, 489_042_694
)
SMALL = VocoderInfo("small", "Small", "For speech.", _SPEECH, 13_926_000, "MIT", False, 55_800_000)
LOST = VocoderInfo("lost", "Lost", "Imported.", DISTILL_MEL, 0, "", False)


@lru_cache(maxsize=4)
def tone(seconds: float, hertz: float = 440.0) -> Sound:
    moments = np.arange(round(seconds * RATE)) / RATE
    return Sound((0.5 * np.sin(2 * np.pi * hertz * moments))[None].astype(np.float32), RATE)


def picture(seconds: float = 4.0) -> Spectrogram:
    """Spectrogram of 256 rows from 40 Hz to 20 kHz, whose levels rise from −90 to 0 dB."""
    levels = np.linspace(-90, 0, 256, dtype=np.float32)[:, None] * np.ones((1, 100), np.float32)
    return Spectrogram(levels, 40.0, 20_000.0, seconds)


class ClockOutput:
    """Sound device that consumes frames in real time and records them."""

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
        """Stops consuming frames without reporting an error."""
        self._frozen = time.monotonic()

    def free_frames(self) -> int:
        return 4096 - self.queued()

    def queued(self) -> int:
        return max(0, self._written - int(((self._frozen or time.monotonic()) - self._begun) * self.sample_rate))

    def write(self, block: Samples) -> None:
        self.heard.append(block.copy())
        self._written += len(block)

    def service(self) -> None:
        pass

    def close(self) -> None:
        self.closed, self.alive = True, False


def no_device(_choice: DeviceChoice) -> Output:
    raise AudioDeviceError("No sound output was found.")


def clock_device(kept: list[ClockOutput]) -> Callable[[DeviceChoice], Output]:
    """Function that opens a `ClockOutput` and appends it to `kept`."""

    def open_device(choice: DeviceChoice) -> Output:
        kept.append(ClockOutput(choice.sample_rate or RATE))
        return kept[-1]

    return open_device
