"""The thread that keeps the device's ring full: loop → limiter → volume → the device's rate and channels."""

import logging
import os
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace

import numpy as np

from distill_app.audio.format import CHANNELS
from distill_app.audio.output import Output
from distill_app.audio.playback_clock import BlockInfo, PlaybackClock
from distill_app.audio.shared_loop import SharedLoop
from distill_app.audio.stream_buffer import StreamBuffer
from distill_app.dsp.fades import fade_in, fade_out
from distill_app.dsp.limiter import LOOK_AHEAD, Limiter
from distill_app.dsp.smooth_gain import SmoothGain
from distill_app.dsp.sound import Samples

BLOCK = 256
"""Frames handed out at a time."""
_PAUSE_SECONDS_MAX = 0.008  # between looks at a full ring
_DRAIN_SECONDS_MAX = 0.3
_LOAD_SECONDS = 1.0
_PRIORITY = -11  # as PulseAudio and PipeWire give themselves
_TONE_HZ, _TONE_SECONDS, _TONE_LEVEL = 440.0, 0.6, 0.2

_log = logging.getLogger(__name__)


class Mixer:
    """Mix of the output: loop, guest sound, requested test tone, limiter, then volume. Outlives devices.

    Marks describe the sound before `volume`, as it is exported.
    """

    def __init__(self, live: SharedLoop, stream_buffer: StreamBuffer) -> None:
        self.live, self.stream_buffer = live, stream_buffer
        self.limiter = Limiter(live.sample_rate, CHANNELS)
        self.volume = SmoothGain(live.sample_rate)
        self._tone = np.zeros(0, np.float32)

    def test_tone(self) -> None:
        """From the next block on."""
        frames = round(_TONE_SECONDS * self.live.sample_rate)
        turns = 2 * np.pi * _TONE_HZ * np.arange(frames) / self.live.sample_rate
        edge = frames // 10
        tone = (_TONE_LEVEL * np.sin(turns)).astype(np.float32)
        tone[:edge] *= fade_in(edge, "smooth")
        tone[-edge:] *= fade_out(edge, "smooth")
        self._tone = tone

    def next_block(self, time: float) -> tuple[BlockInfo, Samples]:
        """The next `[BLOCK, 2]`, `time` seconds after the stream's beginning, and what it holds."""
        moment, block = self.live.next_block(BLOCK)
        tone, self._tone = self._tone[:BLOCK], self._tone[BLOCK:]
        if len(tone):
            block[: len(tone)] += tone[:, None]
        stream_buffer = self.stream_buffer.next_block(BLOCK)
        if stream_buffer is not None:
            block += stream_buffer
        limited = self.limiter.limited
        block = self.limiter.process(block)
        peaks = np.maximum(block.max(axis=0), -block.min(axis=0))
        position = (moment.position - LOOK_AHEAD) / self.live.sample_rate if moment.playing else 0.0
        mark = BlockInfo(
            time,
            max(position, 0.0),
            moment.playing,
            (float(peaks[0]), float(peaks[1])),
            self.limiter.limited > limited,
            0.5 * (block[:, 0] + block[:, 1]),
        )
        return mark, self.volume.process(block)


class OutputThread(threading.Thread):
    """Feeds one open device until it is finished, or the device has stopped.

    Args:
        output: the device; its ring is written by this thread alone.
        mix: what is to be heard.
    """

    def __init__(self, output: Output, mix: Mixer) -> None:
        super().__init__(name="distill-feeder", daemon=True)
        self.timeline = PlaybackClock()
        self._output, self._mix = output, mix
        self._convert = _converter(output, mix)
        self._room = 2 * -(-BLOCK * output.sample_rate // mix.live.sample_rate)
        self._entry = fade_in(BLOCK, "smooth") if mix.live.playing else None
        self._finishing = threading.Event()
        self._handed = self._written = 0
        self.load = 0.0
        """Share of the time that goes into feeding, 0 … 1, over about the last second."""
        self._looked = time.monotonic()

    def taken_seconds(self) -> float:
        """Seconds of the stream that the device has taken."""
        return (self._written - self._output.queued()) / self._output.sample_rate

    def heard_seconds(self) -> float:
        """Seconds of the stream that were heard."""
        return self.taken_seconds() - self._output.latency_seconds

    def finish(self) -> None:
        """Fades out within a block, lets what is written be heard, and ends."""
        self._finishing.set()
        self.join()

    def run(self) -> None:
        with _reported():
            _go_before_others()
            self._feed(self._entry)
            while not self._finishing.is_set() and self._output.alive:
                self._fill()
                time.sleep(self._pause_seconds())  # an Event would wake as soon, and costs five times as much
            self._wait(lambda: self._output.free_frames() >= self._room)
            self._feed(fade_out(BLOCK, "smooth"))
            self._wait(lambda: not self._output.queued())
            self._let_be_heard()

    def _fill(self) -> None:
        begun = time.monotonic()
        while self._output.free_frames() >= self._room:
            self._feed()
        self._output.service()
        self._note_load(begun, time.monotonic())

    def _note_load(self, begun: float, ended: float) -> None:
        elapsed, self._looked = ended - self._looked, ended
        weight = min(1.0, elapsed / _LOAD_SECONDS)
        self.load += weight * (min(1.0, (ended - begun) / max(elapsed, 1e-6)) - self.load)

    def _feed(self, gains: Samples | None = None) -> None:
        """One more block, if there is room for it."""
        if self._output.free_frames() < self._room:
            return
        mark, block = self._mix.next_block(self._handed / self._mix.live.sample_rate)
        if gains is not None:
            mark, block = replace(mark, samples=mark.samples * gains), block * gains[:, None]
        converted = self._convert(block)
        self._handed += BLOCK
        self._output.write(converted)
        self._written += len(converted)
        self.timeline.add(mark)

    def _pause_seconds(self) -> float:
        """Until about a quarter of what is queued has been played."""
        queued = self._output.queued() / self._output.sample_rate
        return min(_PAUSE_SECONDS_MAX, max(0.001, queued / 4))

    def _let_be_heard(self) -> None:
        """What the device has taken and not played yet is lost when it is closed: a cut instead of a fade."""
        if self._output.alive:
            time.sleep(min(_DRAIN_SECONDS_MAX, 0.05 + 2 * self._output.latency_seconds))

    def _wait(self, met: Callable[[], bool]) -> None:
        """For something that happens by itself where the device is well."""
        until = time.monotonic() + _DRAIN_SECONDS_MAX
        while self._output.alive and not met() and time.monotonic() < until:
            time.sleep(0.002)


@contextmanager
def _reported() -> Iterator[None]:
    """A feeder that fails leaves silence and a line in the log."""
    try:
        yield
    except Exception:
        _log.exception("the feeder of the sound device has ended")
        raise


def _go_before_others() -> None:
    """Where the system allows it, as it does for those whom it lets play music, this thread does not wait its turn."""
    if sys.platform == "linux":
        with suppress(PermissionError):
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _PRIORITY)


def _converter(output: Output, mix: Mixer) -> Callable[[Samples], Samples]:
    """From `[n, 2]` at the mix's rate to what the device takes."""
    rate = mix.live.sample_rate
    if output.sample_rate == rate:
        return lambda block: _mixed_down(block, output.channels)
    from distill_app.dsp.streaming_resampler import StreamingResampler

    resampler = StreamingResampler(rate, output.sample_rate)

    def convert(block: Samples) -> Samples:
        return _mixed_down(mix.limiter.clip(np.ascontiguousarray(resampler.push(block.T).T)), output.channels)

    return convert


def _mixed_down(block: Samples, channels: int) -> Samples:
    return block if channels > 1 else block.mean(axis=1, keepdims=True, dtype=np.float32)
