"""The player: a loop, a device, and a thread that keeps the device fed.

The GUI asks it for position, levels and status with a timer; it never calls or signals the GUI.
"""

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np

from distill_app.dsp.mel_format import DISTILL_MEL
from distill_app.dsp.meters import decibels
from distill_app.dsp.sound import Samples, Sound
from distill_app.engine.live_loop import LiveLoop
from distill_app.engine.output import Output, open_output
from distill_app.engine.timeline import Mark, Timeline

PLAYBACK_RATE = DISTILL_MEL.sample_rate
"""Hz, of every sound given to the player."""

_BLOCK = 512  # frames handed out at a time
_PAUSE_SECONDS = 0.008  # between looks at a full ring
_DRAIN_SECONDS = 0.3

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Levels:
    """What the level meter shows.

    Args:
        peaks_dbfs: of the left and the right channel; minus infinity for silence.
        clipped: whether a sample went beyond full scale, before the limiter.
        limited: whether the limiter turned something down.
    """

    peaks_dbfs: tuple[float, float]
    clipped: bool
    limited: bool = False


@dataclass(frozen=True)
class PlayerStatus:
    """What the status bar shows.

    Args:
        device: name of the sound output, "" where none is open.
        sample_rate: Hz of the device, 0 where none is open.
        latency_seconds: from a change until it is heard, `ring_seconds + device_seconds`.
        underflows: how often the device had nothing to play since it was opened.
        callback: "C" or "Python"; the second may stumble while the computer is busy.
        host_api: the system's way to the device.
        ring_seconds: what is written ahead of the device.
        device_seconds: from the device's taking it to the ear, as the device says.
        load: share of the time, 0 … 1, that goes into keeping the device fed.
        fallen_back: whether the chosen device is away and another one plays.
        notice: a sentence about the last change of device, "" where there was none.
    """

    device: str = ""
    sample_rate: int = 0
    latency_seconds: float = 0.0
    underflows: int = 0
    callback: str = ""
    host_api: str = ""
    ring_seconds: float = 0.0
    device_seconds: float = 0.0
    load: float = 0.0
    fallen_back: bool = False
    notice: str = ""


class Player:
    """Plays one sound in a loop or once. All methods belong to one thread, usually the GUI's.

    Without a device everything works but `open` and `play`, which raise AudioDeviceError.

    Args:
        open_device: opens an output at a rate in Hz; another one for tests.
    """

    def __init__(self, open_device: Callable[[int], Output] = open_output) -> None:
        self._open_device = open_device
        self.live = LiveLoop(PLAYBACK_RATE)
        self._timeline = Timeline()
        self._output: Output | None = None
        self._feeder: _Feeder | None = None
        self._asked = False
        self._start_seconds = 0.0

    def open(self) -> None:
        """Opens the device where none is open, or where the one there was is gone. Raises AudioDeviceError."""
        if self._fed:
            return
        self.close()
        self._output = self._open_device(PLAYBACK_RATE)
        self._timeline = Timeline()
        self._feeder = _Feeder(self._output, self._next_block)
        self._feeder.start()

    def close(self) -> None:
        """Fades out, closes the device and ends the thread."""
        if self._feeder is None or self._output is None:
            return
        self.stop()
        self._feeder.finish()
        self._output.close()
        self._feeder = self._output = None

    def set_loop(self, sound: Sound) -> None:
        """What plays from now on; a sound that plays already gives way to it at the same relative position.

        Raises ValueError where its rate is not PLAYBACK_RATE or it is empty.
        """
        self.live.set_loop(sound)

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
        self._asked = False
        self.live.stop()

    @property
    def looping(self) -> bool:
        return self.live.looping

    @looping.setter
    def looping(self, looping: bool) -> None:
        self.live.looping = looping

    @property
    def playing(self) -> bool:
        """From `play` until `stop`, or until the end of a sound played once was heard."""
        if not self._asked or not self._fed:
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
        left, right = self._timeline.take_peaks(self._heard_time())
        return Levels((float(decibels(left)), float(decibels(right))), max(left, right) > 1.0)

    @property
    def status(self) -> PlayerStatus:
        output = self._output
        if output is None or not output.alive:
            return PlayerStatus()
        latency = output.queued() / output.sample_rate + output.latency_seconds
        return PlayerStatus(output.device, output.sample_rate, latency, output.underflows, output.callback)

    @property
    def _fed(self) -> bool:
        """Whether a device is open, present and kept fed."""
        output, feeder = self._output, self._feeder
        return output is not None and feeder is not None and output.alive and feeder.is_alive()

    def _heard(self) -> Mark:
        return self._timeline.at(self._heard_time())

    def _heard_time(self) -> float:
        """Seconds of the stream that were heard."""
        if self._feeder is None or self._output is None:
            return 0.0
        return self._feeder.taken_seconds() - self._output.latency_seconds

    def _next_block(self, time: float) -> Samples:
        """Called by the feeder: the next `[_BLOCK, 2]`, `time` seconds after the stream's beginning."""
        moment, block = self.live.next_block(_BLOCK)
        left, right = np.abs(block).max(axis=0)
        position = moment.position / PLAYBACK_RATE
        self._timeline.add(Mark(time, position, moment.playing, (float(left), float(right))))
        return block


class _Feeder(threading.Thread):
    """Keeps the device's ring full, in the device's rate and channels."""

    def __init__(self, output: Output, next_block: Callable[[float], Samples]) -> None:
        super().__init__(name="distill-feeder", daemon=True)
        self._output = output
        self._next_block = next_block
        self._convert = _converter(output)
        self._room = 2 * -(-_BLOCK * output.sample_rate // PLAYBACK_RATE)
        self._finishing = threading.Event()
        self._written = 0

    def taken_seconds(self) -> float:
        """Seconds of the stream that the device has taken."""
        return (self._written - self._output.queued()) / self._output.sample_rate

    def finish(self) -> None:
        """Lets what is written be heard, then ends."""
        self._finishing.wait(_DRAIN_SECONDS if self._output.alive else 0.0)
        self._finishing.set()
        self.join()

    def run(self) -> None:
        handed = 0
        with _reported():
            while not self._finishing.is_set() and self._output.alive:
                while self._output.space() >= self._room:
                    block = self._convert(self._next_block(handed / PLAYBACK_RATE))
                    handed += _BLOCK
                    self._output.write(block)
                    self._written += len(block)
                self._output.tend()
                self._finishing.wait(_PAUSE_SECONDS)


@contextmanager
def _reported() -> Iterator[None]:
    """A feeder that fails leaves silence and a line in the log."""
    try:
        yield
    except Exception:
        _log.exception("the feeder of the sound device has ended")
        raise


def _converter(output: Output) -> Callable[[Samples], Samples]:
    """From `[n, 2]` at PLAYBACK_RATE to what the device takes."""
    if output.sample_rate == PLAYBACK_RATE:
        return lambda block: _mixed_down(block, output.channels)
    from distill_app.dsp.streaming_resampler import StreamingResampler

    resampler = StreamingResampler(PLAYBACK_RATE, output.sample_rate)
    return lambda block: _mixed_down(np.ascontiguousarray(resampler.push(block.T).T), output.channels)


def _mixed_down(block: Samples, channels: int) -> Samples:
    return block if channels > 1 else block.mean(axis=1, keepdims=True, dtype=np.float32)
