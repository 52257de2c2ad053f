"""The window's interface to the loop and the output device.

The GUI polls position, levels and status with a timer; the player never calls or signals the GUI.
"""

import math

import numpy as np

from distill_app.audio.device_manager import DeviceManager, OpenDevice, OpenStream, ScanOutputs
from distill_app.audio.devices import DeviceChoice, OutputDevice
from distill_app.audio.format import PLAYBACK_RATE
from distill_app.audio.output_thread import Mixer
from distill_app.audio.playback_clock import BlockInfo, Peaks
from distill_app.audio.portaudio import open_output, scan_outputs
from distill_app.audio.shared_loop import SharedLoop
from distill_app.audio.status import Levels, PlayerStatus
from distill_app.audio.stream_buffer import StreamBuffer
from distill_app.dsp.decibels import amplitude_to_db
from distill_app.dsp.sound import Samples


class Player:
    """Plays one sound in a loop or once. All methods belong to one thread, usually the GUI's.

    Without a device everything works but `open`, `play` and `test_tone`, which raise AudioDeviceError; after the first
    call of one of them, a device that appears later is opened automatically.

    Args:
        open_device: opens a device, for `DeviceManager`; another one for tests.
        scan_outputs: lists the devices, for `DeviceManager`; another one for tests.
    """

    def __init__(self, open_device: OpenDevice = open_output, scan_outputs: ScanOutputs = scan_outputs) -> None:
        self.live, self.stream_buffer = SharedLoop(PLAYBACK_RATE), StreamBuffer(PLAYBACK_RATE)
        self._mixer = Mixer(self.live, self.stream_buffer)
        self._devices = DeviceManager(self._mixer, open_device, scan_outputs)
        self._play_requested = False
        self._start_seconds = 0.0
        self._last_stream: OpenStream | None = None

    # The device

    def open(self) -> None:
        """Opens the device unless one is running. Raises AudioDeviceError."""
        self._devices.open()

    def close(self) -> None:
        """Fades out, closes the device and ends the threads."""
        self.stop()
        self._devices.close()

    @property
    def choice(self) -> DeviceChoice:
        return self._devices.choice

    def choose(self, choice: DeviceChoice) -> None:
        """Changes to another device or other settings of it. Returns at once; `status` shows the result."""
        self._devices.choose(choice)

    def outputs(self) -> tuple[OutputDevice, ...]:
        """Devices found by the last `rescan`."""
        return self._devices.outputs

    def rescan(self) -> None:
        """Scans for devices; `outputs` has them about a second later. The sound continues."""
        self._devices.rescan()

    def test_tone(self) -> None:
        """Plays 440 Hz for half a second, mixed with the sound. Raises AudioDeviceError."""
        self.open()
        self._mixer.test_tone()

    @property
    def limiting(self) -> bool:
        """Whether the limiter holds the output below -0.1 dBFS."""
        return self._mixer.limiter.active

    @limiting.setter
    def limiting(self, limiting: bool) -> None:
        self._mixer.limiter.active = limiting

    @property
    def volume(self) -> float:
        """Gain of the output, 0 … 1, after the limiter; `levels` and `take_played` are measured before it."""
        return self._mixer.volume.target

    @volume.setter
    def volume(self, gain: float) -> None:
        self._mixer.volume.target = min(max(gain, 0.0), 1.0)

    # The sound

    def play(self, from_seconds: float = 0.0) -> None:
        """Starts at a position, or jumps there. Raises AudioDeviceError where no device can be opened."""
        self.open()
        self._play_requested, self._start_seconds = True, from_seconds
        self.live.play(round(from_seconds * PLAYBACK_RATE))

    def seek(self, seconds: float) -> None:
        """Jumps to a position if it plays."""
        if self.playing:
            self.play(seconds)

    def stop(self) -> None:
        """Stops the loop; a streamed file continues."""
        self._play_requested = False
        self.live.stop()

    @property
    def looping(self) -> bool:
        return self.live.looping

    @looping.setter
    def looping(self, looping: bool) -> None:
        self.live.looping = looping

    # What is heard

    @property
    def playing(self) -> bool:
        """Whether it plays: from `play` until `stop`, or until the end of a sound played once was heard."""
        if not self._play_requested or not self._devices.running:
            return False
        return self.live.playing or self._heard().playing

    @property
    def position_seconds(self) -> float:
        """Position in the sound that is heard now; 0 where nothing plays."""
        heard = self._heard()
        if heard.playing:
            return heard.position
        return self._start_seconds if self.playing else 0.0

    @property
    def lap(self) -> int:
        """Laps of a sound that changes with each of them that were heard before the present one."""
        return self._heard().lap

    def levels(self) -> Levels:
        """Peaks heard since the last call."""
        stream = self._devices.stream
        peaks = Peaks() if stream is None else stream.thread.clock.take_peaks(stream.thread.heard_seconds())
        return Levels(
            (amplitude_to_db(peaks.left), amplitude_to_db(peaks.right)),
            max(peaks.left, peaks.right) > 1.0,
            peaks.limited,
        )

    def take_played(self) -> Samples:
        """Mono samples `[n]` at PLAYBACK_RATE heard since the last call, silence included, at most 12 s.

        After a change of device, the rest played by the old one comes first: it ends in a fade, and the new one begins
        with one.
        """
        stream, before = self._devices.stream, self._last_stream
        self._last_stream = stream
        played = [] if before in (None, stream) else [before.thread.clock.take_played(math.inf)]
        if stream is not None:
            played.append(stream.thread.clock.take_played(stream.thread.heard_seconds()))
        return np.concatenate([np.zeros(0, np.float32), *played])

    @property
    def status(self) -> PlayerStatus:
        stream, notice = self._devices.stream, self._devices.notice
        if stream is None or not stream.output.alive:
            return PlayerStatus(notice=notice)
        output, ring = stream.output, stream.output.queued() / stream.output.sample_rate
        return PlayerStatus(
            device=output.device,
            sample_rate=output.sample_rate,
            latency_seconds=ring + output.latency_seconds,
            underflows=output.underflows,
            callback=output.callback,
            host_api=output.host_api,
            ring_seconds=ring,
            device_seconds=output.latency_seconds,
            load=stream.thread.load,
            fallen_back=stream.fallen_back,
            notice=notice,
        )

    def _heard(self) -> BlockInfo:
        stream = self._devices.stream
        return BlockInfo() if stream is None else stream.thread.clock.at(stream.thread.heard_seconds())
