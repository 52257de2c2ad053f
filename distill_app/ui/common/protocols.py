"""Interfaces of the workers and the player, as the window uses them; tests pass fakes."""

from pathlib import Path
from typing import Any, Protocol

from distill_app.audio.devices import DeviceChoice, OutputDevice
from distill_app.audio.status import Levels, PlayerStatus
from distill_app.audio.stream_buffer import StreamBuffer
from distill_app.dsp.sound import Samples
from distill_app.generation.export_format import ExportFormat
from distill_app.vocoders.runtime.compute_config import ComputeConfig
from distill_app.workers.rendering.messages import EndlessResult, RenderRequest, RenderResult


class RenderWorkerProtocol(Protocol):
    """Renders and exports; see `distill_app.workers.rendering.worker.RenderWorker`."""

    progressed: Any
    finished: Any
    failed: Any
    model_failed: Any
    exported: Any
    export_progressed: Any
    export_cancelled: Any
    export_failed: Any
    heard: Any
    noticed: Any
    speed_measured: Any
    devices_found: Any

    def compute_with(self, compute: ComputeConfig) -> None: ...

    def submit(self, request: RenderRequest) -> None: ...

    def restore(self, result: RenderResult | EndlessResult) -> None: ...

    def cancel(self) -> None: ...

    def export(
        self,
        request: RenderRequest,
        path: Path,
        wanted: ExportFormat,
        overwrite: bool = False,
        seamless: bool = False,
    ) -> None: ...

    def cancel_export(self, path: Path) -> None: ...


class DownloadsProtocol(Protocol):
    """Downloads, imports and removes vocoders; see `distill_app.workers.downloads.Downloads`."""

    progressed: Any
    finished: Any
    removed: Any
    failed: Any
    cancelled: Any

    def start(self, name: str) -> None: ...

    def import_folder(self, folder: Path) -> None: ...

    def remove(self, name: str) -> None: ...

    def cancel(self) -> None: ...


class VocoderRemovalProtocol(Protocol):
    """Removes the embedded vocoder of a model file; see `distill_app.workers.remove_vocoder.VocoderRemoval`."""

    removed: Any
    failed: Any

    def remove(self, model: Path) -> None: ...


class PlayerProtocol(Protocol):
    """Plays the loop that the worker writes. `open` and `play` raise AudioDeviceError where no device opens."""

    looping: bool
    limiting: bool
    volume: float
    stream_buffer: StreamBuffer

    @property
    def choice(self) -> DeviceChoice: ...

    def choose(self, choice: DeviceChoice) -> None: ...

    def outputs(self) -> tuple[OutputDevice, ...]: ...

    def rescan(self) -> None: ...

    def test_tone(self) -> None: ...

    def take_played(self) -> Samples: ...

    def open(self) -> None: ...

    def close(self) -> None: ...

    def play(self, from_seconds: float = 0.0) -> None: ...

    def stop(self) -> None: ...

    @property
    def playing(self) -> bool: ...

    @property
    def position_seconds(self) -> float: ...

    @property
    def lap(self) -> int: ...

    def levels(self) -> Levels: ...

    @property
    def status(self) -> PlayerStatus: ...
