"""The sound device: one stream that stays open and plays what is written ahead of it.

The only file that knows sounddevice and rtmixer. rtmixer's callback is C and reads from a ring, so that Python's lock
cannot make the sound stumble; where it cannot be loaded, a Python callback reads from a ring of our own.
"""

import sys
from typing import Any, Protocol

import numpy as np

from distill_app.dsp.sound import Samples
from distill_app.errors import AudioDeviceError

AHEAD_SECONDS = 0.09
"""About how much is written ahead of the device."""
_LATENCY_SECONDS = 0.05


class Output(Protocol):
    """An open device. `write` belongs to one thread; everything else may be asked from any."""

    device: str
    sample_rate: int
    channels: int
    callback: str

    @property
    def latency_seconds(self) -> float:
        """From the callback to the ear, as the device reports it."""
        ...

    @property
    def alive(self) -> bool:
        """False once the device has stopped by itself, for example because it was unplugged."""
        ...

    @property
    def underflows(self) -> int:
        """How often the device had nothing to play."""
        ...

    def space(self) -> int:
        """Frames that can be written now."""
        ...

    def queued(self) -> int:
        """Frames written and not yet taken by the device."""
        ...

    def write(self, block: Samples) -> None:
        """Appends `[frames, channels]`; no more than `space()` frames."""
        ...

    def tend(self) -> None:
        """To be called by the writing thread every few milliseconds, after it has written."""
        ...

    def close(self) -> None: ...


def open_output(sample_rate: int, channels: int = 2) -> Output:
    """The default device, at `sample_rate` Hz where it can, else at its own rate.

    Raises AudioDeviceError where PortAudio is missing or no device can be opened.
    """
    sd = _sounddevice()
    _look_for_devices_again(sd)
    try:
        device = sd.query_devices(kind="output")
    except (sd.PortAudioError, ValueError) as error:
        raise AudioDeviceError(
            "No sound output was found; connect or switch on a sound device, then press Play again."
        ) from error
    channels = min(channels, device["max_output_channels"])
    rate = _rate(sd, device, sample_rate, channels)
    try:
        return _open(sd, device["name"], rate, channels)
    except sd.PortAudioError as error:
        raise AudioDeviceError(
            f"The sound output “{device['name']}” cannot be opened ({_reason(error)}); "
            "choose another one in the system's settings or close the program that uses it."
        ) from error


def output_devices() -> tuple[str, ...]:
    """Names of what can play, the default one first. Raises AudioDeviceError where PortAudio is missing."""
    sd = _sounddevice()
    devices = sd.query_devices()
    playing = [index for index, device in enumerate(devices) if device["max_output_channels"] > 0]
    default = sd.default.device[1]
    return tuple(devices[index]["name"] for index in sorted(playing, key=lambda index: index != default))


def _sounddevice() -> Any:
    try:
        import sounddevice
    except (OSError, ImportError) as error:
        cure = "install libportaudio2" if sys.platform.startswith("linux") else "install Distill anew"
        raise AudioDeviceError(
            f"Sound cannot be played because PortAudio is missing; {cure}, then start Distill again."
        ) from error
    return sounddevice


def _look_for_devices_again(sd: Any) -> None:
    """PortAudio knows only the devices there were when it started. Called while no stream is open."""
    sd._terminate()
    sd._initialize()


def _rate(sd: Any, device: dict[str, Any], wanted: int, channels: int) -> int:
    try:
        sd.check_output_settings(channels=channels, dtype="float32", samplerate=wanted)
    except sd.PortAudioError:
        return int(device["default_samplerate"])
    return wanted


def _reason(error: Exception) -> str:
    return str(error.args[0]).removeprefix("Error opening OutputStream: ").removeprefix("Error opening _StreamBase: ")


def _open(sd: Any, device: str, rate: int, channels: int) -> Output:
    try:
        import rtmixer
    except (OSError, ImportError):
        return PythonOutput(sd, device, rate, channels)
    return MixerOutput(rtmixer, device, rate, channels)


def _ring_frames(rate: int) -> int:
    """The next power of two that holds AHEAD_SECONDS."""
    return 1 << (int(rate * AHEAD_SECONDS) - 1).bit_length()


class _Stream:
    """What both kinds share: a started PortAudio stream."""

    callback: str

    def __init__(self, stream: Any, device: str, channels: int) -> None:
        self._stream = stream
        self.device = device
        self.sample_rate = int(stream.samplerate)
        self.channels = channels

    @property
    def latency_seconds(self) -> float:
        return float(self._stream.latency)

    @property
    def alive(self) -> bool:
        return bool(self._stream.active)

    def tend(self) -> None:
        """Nothing to do."""

    def close(self) -> None:
        self._stream.close()


class MixerOutput(_Stream):
    """Output through rtmixer: see the module."""

    callback = "C"

    def __init__(self, rtmixer: Any, device: str, rate: int, channels: int) -> None:
        mixer = rtmixer.Mixer(samplerate=rate, channels=channels, blocksize=0, latency=_LATENCY_SECONDS)
        super().__init__(mixer, device, channels)
        self._ring = rtmixer.RingBuffer(4 * channels, _ring_frames(rate))
        self._action: Any = None
        self._past_underflows = 0
        mixer.start()

    @property
    def underflows(self) -> int:
        return self._past_underflows + self._device_underflows(self._action)

    def space(self) -> int:
        return int(self._ring.write_available)

    def queued(self) -> int:
        return int(self._ring.read_available)

    def write(self, block: Samples) -> None:
        self._ring.write(np.ascontiguousarray(block, np.float32))

    def tend(self) -> None:
        """rtmixer ends its action whenever the ring runs dry; a new one starts when the ring is half full again."""
        if self._action not in self._stream.actions and self.queued() >= self.space():
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

    def __init__(self, sd: Any, device: str, rate: int, channels: int) -> None:
        options = {"blocksize": 0, "latency": _LATENCY_SECONDS, "dtype": "float32", "callback": self._fill}
        self._ring = np.zeros((_ring_frames(rate), channels), np.float32)
        self._written = self._read = 0
        self.underflows = 0
        super().__init__(sd.OutputStream(samplerate=rate, channels=channels, **options), device, channels)
        self._stream.start()

    def space(self) -> int:
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
