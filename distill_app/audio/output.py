"""Streams of an output device that play from a ring buffer.

rtmixer's callback is written in C, so that Python's global lock cannot cause dropouts; where rtmixer cannot be loaded,
a Python callback reads from a ring in numpy. `portaudio` opens both.
"""

from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from distill_app.audio.devices import Latency
from distill_app.dsp.sound import Samples


@dataclass(frozen=True)
class Buffering:
    """Buffer lengths between the output thread and the device.

    Args:
        ring_seconds: approximate length of the ring buffer.
        device_seconds: latency requested from the device.
    """

    ring_seconds: float
    device_seconds: float

    def ring_frames(self, rate: int) -> int:
        """Length of the ring in frames: the nearest power of two, which rtmixer's ring needs."""
        return 1 << round(np.log2(rate * self.ring_seconds))


BUFFERING: dict[Latency, Buffering] = {
    "low": Buffering(0.023, 0.015),
    "normal": Buffering(0.046, 0.03),
    "safe": Buffering(0.093, 0.1),
}


@dataclass(frozen=True)
class StreamPlan:
    """Parameters of a stream to be opened.

    Args:
        index: PortAudio's number of the device.
        device: its name.
    """

    index: int
    device: str
    host_api: str
    rate: int
    channels: int
    buffering: Buffering


class Output(Protocol):
    """Open output device. Only one thread calls `write`; everything else may be called from any."""

    device: str
    host_api: str
    sample_rate: int
    channels: int
    callback: str

    @property
    def latency_seconds(self) -> float:
        """Latency from the callback to the sound, as reported by the device."""
        ...

    @property
    def alive(self) -> bool:
        """Whether the stream runs; false once the device has stopped, for example because it was unplugged."""
        ...

    @property
    def underflows(self) -> int:
        """Number of times the device had nothing to play."""
        ...

    def free_frames(self) -> int:
        """Frames that can be written now."""
        ...

    def queued(self) -> int:
        """Frames written and not yet read by the device."""
        ...

    def write(self, block: Samples) -> None:
        """Appends `[frames, channels]`; no more than `free_frames()` frames."""
        ...

    def service(self) -> None:
        """Restarts playback after an underflow. The writing thread calls it every few milliseconds."""
        ...

    def close(self) -> None: ...


class _Stream:
    """Base class of both outputs: a started PortAudio stream."""

    callback: str

    def __init__(self, stream: Any, plan: StreamPlan) -> None:
        self._stream = stream
        self.device, self.host_api = plan.device, plan.host_api
        self.sample_rate = int(stream.samplerate)
        self.channels = plan.channels

    @property
    def latency_seconds(self) -> float:
        return float(self._stream.latency)

    @property
    def alive(self) -> bool:
        return bool(self._stream.active)

    def service(self) -> None:
        """Does nothing."""

    def close(self) -> None:
        self._stream.close()


def _stream_options(plan: StreamPlan) -> dict[str, Any]:
    return {
        "device": plan.index,
        "samplerate": plan.rate,
        "channels": plan.channels,
        "blocksize": 0,
        "latency": plan.buffering.device_seconds,
    }


class MixerOutput(_Stream):
    """Output through rtmixer's C callback."""

    callback = "C"

    def __init__(self, rtmixer: Any, plan: StreamPlan) -> None:
        mixer = rtmixer.Mixer(**_stream_options(plan))
        super().__init__(mixer, plan)
        self._ring = rtmixer.RingBuffer(4 * plan.channels, plan.buffering.ring_frames(plan.rate))
        self._action: Any = None
        self._past_underflows = 0
        mixer.start()

    @property
    def underflows(self) -> int:
        return self._past_underflows + self._device_underflows(self._action)

    def free_frames(self) -> int:
        return int(self._ring.write_available)

    def queued(self) -> int:
        return int(self._ring.read_available)

    def write(self, block: Samples) -> None:
        self._ring.write(np.ascontiguousarray(block, np.float32))

    def service(self) -> None:
        """Starts a new action once the ring is half full, because rtmixer ends its action when the ring runs dry."""
        if self._action not in self._stream.actions and self.queued() >= self.free_frames():
            self._play_ring()

    def _play_ring(self) -> None:
        if self._action is not None:
            self._past_underflows += 1 + self._device_underflows(self._action)
        self._action = self._stream.play_ringbuffer(self._ring)

    @staticmethod
    def _device_underflows(action: Any) -> int:
        return 0 if action is None else int(action.stats.output_underflows)


class PythonOutput(_Stream):
    """Output through a Python callback, for systems where rtmixer cannot be loaded."""

    callback = "Python"

    def __init__(self, sd: Any, plan: StreamPlan) -> None:
        self._ring = np.zeros((plan.buffering.ring_frames(plan.rate), plan.channels), np.float32)
        self._written = self._read = 0
        self.underflows = 0
        super().__init__(sd.OutputStream(**_stream_options(plan), dtype="float32", callback=self._fill), plan)
        self._stream.start()

    def free_frames(self) -> int:
        return len(self._ring) - self.queued()

    def queued(self) -> int:
        return self._written - self._read

    def write(self, block: Samples) -> None:
        self._ring[self._places(self._written, len(block))] = block
        self._written += len(block)

    def _places(self, start: int, count: int) -> Any:
        return np.arange(start, start + count) % len(self._ring)

    def _fill(self, out: Samples, frames: int, _time: Any, status: Any) -> None:
        count = min(frames, self.queued())
        out[:count] = self._ring[self._places(self._read, count)]
        out[count:] = 0.0
        self._read += count
        self.underflows += int(bool(status.output_underflow or (count < frames and self._written)))
