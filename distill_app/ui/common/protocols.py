"""What the window needs of the engine. Tests put a silent player in its place; the app the real one."""

from pathlib import Path
from typing import Any, Protocol

from distill_app.audio.devices import DeviceChoice, OutputDevice
from distill_app.audio.stream_buffer import StreamBuffer
from distill_app.dsp.sound import Samples, Sound
from distill_app.generation.export_format import ExportFormat
from distill_app.vocoders.runtime.compute_config import ComputeConfig
from distill_app.workers.rendering.messages import RenderRequest


class Renderer(Protocol):
    """The worker's face; its signals are described at `distill_app.workers.rendering.worker.RenderWorker`."""

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
    devices_found: Any

    def compute_with(self, compute: ComputeConfig) -> None: ...

    def submit(self, request: RenderRequest) -> None: ...

    def cancel(self) -> None: ...

    def export(self, request: RenderRequest, path: Path, wanted: ExportFormat, overwrite: bool = False) -> None: ...

    def cancel_export(self) -> None: ...


class Downloads(Protocol):
    """Fetches, imports and removes vocoders; described at `distill_app.workers.downloads.Downloads`."""

    progressed: Any
    finished: Any
    removed: Any
    failed: Any
    cancelled: Any

    def start(self, name: str) -> None: ...

    def import_folder(self, folder: Path) -> None: ...

    def remove(self, name: str) -> None: ...

    def cancel(self) -> None: ...


class VocoderRemoval(Protocol):
    """Takes the vocoder out of a model's file; described at `distill_app.workers.remove_vocoder.VocoderRemoval`."""

    removed: Any
    failed: Any

    def remove(self, model: Path) -> None: ...


class PlayerStatus(Protocol):
    """What a musician checks."""

    @property
    def device(self) -> str: ...

    @property
    def sample_rate(self) -> int: ...

    @property
    def latency_seconds(self) -> float: ...

    @property
    def underflows(self) -> int: ...

    @property
    def callback(self) -> str: ...

    @property
    def host_api(self) -> str: ...

    @property
    def ring_seconds(self) -> float: ...

    @property
    def device_seconds(self) -> float: ...

    @property
    def load(self) -> float: ...

    @property
    def fallen_back(self) -> bool: ...

    @property
    def notice(self) -> str: ...


class Levels(Protocol):
    """What was heard since the last look."""

    @property
    def peaks_dbfs(self) -> tuple[float, float]: ...

    @property
    def clipped(self) -> bool: ...

    @property
    def limited(self) -> bool: ...


class Player(Protocol):
    """Plays one sound in a loop. `open` and `play` raise AudioDeviceError where no device opens."""

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

    def set_loop(self, sound: Sound) -> None: ...

    def play(self, from_seconds: float = 0.0) -> None: ...

    def stop(self) -> None: ...

    @property
    def playing(self) -> bool: ...

    @property
    def position_seconds(self) -> float: ...

    def levels(self) -> Levels: ...

    @property
    def status(self) -> PlayerStatus: ...
