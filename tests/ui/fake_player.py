"""Fake player whose devices the test sets."""

from dataclasses import replace

import numpy as np

from distill_app.audio.devices import DeviceChoice, OutputDevice
from distill_app.audio.format import PLAYBACK_RATE
from distill_app.audio.status import Levels, PlayerStatus
from distill_app.audio.stream_buffer import StreamBuffer
from distill_app.common.errors import AudioDeviceError
from distill_app.dsp.sound import Samples

BUILT_IN = OutputDevice("Built-in Audio", "ALSA", 2, 48_000, True)
HEADPHONES = OutputDevice("Headphones", "JACK", 2, 44_100, False)
INTERFACE = OutputDevice("Interface 8", "ALSA", 8, 96_000, False)
PLAYING = PlayerStatus("Built-in Audio", 48_000, 0.058, 0, "C", "ALSA", 0.046, 0.012, 0.02)


class FakePlayer:
    """Player that records its calls."""

    looping = limiting = True
    playing = False
    volume = 1.0
    position_seconds = 0.0
    lap = 0

    def __init__(self) -> None:
        self.choice = DeviceChoice()
        self.stream_buffer = StreamBuffer(PLAYBACK_RATE)
        self.found: tuple[OutputDevice, ...] = (BUILT_IN, INTERFACE, HEADPHONES)
        self.status = PLAYING
        self.tones = self.rescans = 0
        self.opens = True

    def choose(self, choice: DeviceChoice) -> None:
        self.choice = choice

    def outputs(self) -> tuple[OutputDevice, ...]:
        return self.found

    def rescan(self) -> None:
        self.rescans += 1

    def test_tone(self) -> None:
        if not self.opens:
            raise AudioDeviceError("No sound output was found; connect one.")
        self.tones += 1

    def fall_back(self, notice: str) -> None:
        """Simulates the loss of the chosen device."""
        self.status = replace(self.status, fallen_back=True, notice=notice)

    def take_played(self) -> Samples:
        return np.zeros(0, np.float32)

    def open(self) -> None:
        pass

    def close(self) -> None:
        pass

    def play(self, from_seconds: float = 0.0) -> None:
        self.playing = True

    def stop(self) -> None:
        self.playing = False

    def levels(self) -> Levels:
        return Levels((-12.0, -12.0), False, False)
