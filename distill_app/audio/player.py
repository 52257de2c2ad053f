"""The player: a loop, a device that is kept open, and what the window asks of both.

The GUI asks it for position, levels and status with a timer; it never calls or signals the GUI.
"""

import math

import numpy as np

from distill_app.audio.device_manager import DeviceManager, Look, OpenDevice, OpenStream
from distill_app.audio.devices import DeviceChoice, OutputDevice
from distill_app.audio.format import PLAYBACK_RATE
from distill_app.audio.output_thread import Mixer
from distill_app.audio.playback_clock import BlockInfo, Peaks
from distill_app.audio.portaudio import look_for_outputs, open_output
from distill_app.audio.shared_loop import SharedLoop
from distill_app.audio.status import Levels, PlayerStatus
from distill_app.audio.stream_buffer import StreamBuffer
from distill_app.dsp.decibels import amplitude_to_db
from distill_app.dsp.sound import Samples


class Player:
    """Plays one sound in a loop or once. All methods belong to one thread, usually the GUI's.

    Without a device everything works but `open`, `play` and `test_tone`, which raise AudioDeviceError; once one of
    them was called, a device that appears later is taken without asking.

    Args:
        open_device, look: see `DeviceManager`; other ones for tests.
    """

    def __init__(self, open_device: OpenDevice = open_output, look: Look = look_for_outputs) -> None:
        self.live, self.stream_buffer = SharedLoop(PLAYBACK_RATE), StreamBuffer(PLAYBACK_RATE)
        self._mix = Mixer(self.live, self.stream_buffer)
        self._devices = DeviceManager(self._mix, open_device, look)
        self._asked = False
        self._start_seconds = 0.0
        self._taken_from: OpenStream | None = None

    # The device

    def open(self) -> None:
        """Opens the device where none is open, or where the one there was is gone. Raises AudioDeviceError."""
        self._devices.open()

    def close(self) -> None:
        """Fades out, closes the device and ends the threads."""
        self.stop()
        self._devices.close()

    @property
    def choice(self) -> DeviceChoice:
        return self._devices.choice

    def choose(self, choice: DeviceChoice) -> None:
        """Another device, or the same in another way. Returns at once; `status` tells what came of it."""
        self._devices.choose(choice)

    def outputs(self) -> tuple[OutputDevice, ...]:
        """What can play, as it was last looked for; nothing until `rescan` was done."""
        return self._devices.outputs

    def rescan(self) -> None:
        """Looks for devices; `outputs` has them about a second later. The sound goes on."""
        self._devices.rescan()

    def test_tone(self) -> None:
        """Half a second of 440 Hz beside what plays. Raises AudioDeviceError."""
        self.open()
        self._mix.test_tone()

    @property
    def limiting(self) -> bool:
        """Whether nothing goes beyond -0.1 dBFS."""
        return self._mix.limiter.active

    @limiting.setter
    def limiting(self, limiting: bool) -> None:
        self._mix.limiter.active = limiting

    @property
    def volume(self) -> float:
        """Gain of the output, 0 … 1, after the limiter; levels and what was played are those before it."""
        return self._mix.volume.target

    @volume.setter
    def volume(self, gain: float) -> None:
        self._mix.volume.target = min(max(gain, 0.0), 1.0)

    # The sound

    def play(self, from_seconds: float = 0.0) -> None:
        """Starts there; where it plays already, jumps there. Raises AudioDeviceError where no device can be opened."""
        self.open()
        self._asked, self._start_seconds = True, from_seconds
        self.live.play(round(from_seconds * PLAYBACK_RATE))

    def seek(self, seconds: float) -> None:
        """Jumps there where it plays."""
        if self.playing:
            self.play(seconds)

    def stop(self) -> None:
        """The loop; the guest goes on."""
        self._asked = False
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
        """From `play` until `stop`, or until the end of a sound played once was heard."""
        if not self._asked or not self._devices.fed:
            return False
        return self.live.playing or self._heard().playing

    @property
    def position_seconds(self) -> float:
        """Where in the sound the ear is; 0 where nothing plays, for that is where `play` begins."""
        heard = self._heard()
        if heard.playing:
            return heard.position
        return self._start_seconds if self.playing else 0.0

    def levels(self) -> Levels:
        """Peaks of what was heard since this was last asked."""
        line = self._devices.line
        peaks = Peaks() if line is None else line.feeder.timeline.take_peaks(line.feeder.heard_seconds())
        return Levels(
            (amplitude_to_db(peaks.left), amplitude_to_db(peaks.right)),
            max(peaks.left, peaks.right) > 1.0,
            peaks.limited,
        )

    def take_played(self) -> Samples:
        """Mono samples `[n]` at PLAYBACK_RATE heard since this was last asked; silence is heard, too.

        Where that is longer ago than 12 s, only those. Where the device has changed, what the one before still played
        comes first: it ended in a fade, and the new one begins with one.
        """
        line, before = self._devices.line, self._taken_from
        self._taken_from = line
        played = [] if before in (None, line) else [before.feeder.timeline.take_played(math.inf)]
        if line is not None:
            played.append(line.feeder.timeline.take_played(line.feeder.heard_seconds()))
        return np.concatenate([np.zeros(0, np.float32), *played])

    @property
    def status(self) -> PlayerStatus:
        line, notice = self._devices.line, self._devices.notice
        if line is None or not line.output.alive:
            return PlayerStatus(notice=notice)
        output, ring = line.output, line.output.queued() / line.output.sample_rate
        return PlayerStatus(
            device=output.device,
            sample_rate=output.sample_rate,
            latency_seconds=ring + output.latency_seconds,
            underflows=output.underflows,
            callback=output.callback,
            host_api=output.host_api,
            ring_seconds=ring,
            device_seconds=output.latency_seconds,
            load=line.feeder.load,
            fallen_back=line.fallen_back,
            notice=notice,
        )

    def _heard(self) -> BlockInfo:
        line = self._devices.line
        return BlockInfo() if line is None else line.feeder.timeline.at(line.feeder.heard_seconds())
