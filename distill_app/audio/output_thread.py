"""Thread that keeps the device's ring full: loop → limiter → volume → rate and channels of the device."""

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
from distill_app.audio.shared_loop import LoopSnapshot, SharedLoop
from distill_app.audio.stream_buffer import StreamBuffer
from distill_app.dsp.fades import fade_in, fade_out
from distill_app.dsp.limiter import LOOK_AHEAD, Limiter
from distill_app.dsp.running_mono import RunningMono
from distill_app.dsp.smooth_gain import SmoothGain
from distill_app.dsp.sound import Samples

BLOCK = 256
"""Frames mixed at a time."""
_PAUSE_SECONDS_MAX = 0.008  # between two checks of a full ring
_DRAIN_SECONDS_MAX = 0.3
_LOAD_SECONDS = 1.0
_PRIORITY = -11  # nice level that PulseAudio and PipeWire use themselves
_TONE_HZ, _TONE_SECONDS, _TONE_LEVEL = 440.0, 0.6, 0.2

_log = logging.getLogger(__name__)


class Mixer:
    """Adds loop, streamed file and test tone; then limiter and volume. Outlives devices.

    A BlockInfo describes the sound before `volume`, as it is exported.
    """

    def __init__(self, live: SharedLoop, stream_buffer: StreamBuffer) -> None:
        self.live, self.stream_buffer = live, stream_buffer
        self.limiter = Limiter(live.sample_rate, CHANNELS)
        self.volume = SmoothGain(live.sample_rate)
        self._mono = RunningMono()
        self._tone = np.zeros(0, np.float32)

    def test_tone(self) -> None:
        """Plays a short sine from the next block on."""
        frames = round(_TONE_SECONDS * self.live.sample_rate)
        turns = 2 * np.pi * _TONE_HZ * np.arange(frames) / self.live.sample_rate
        edge = frames // 10
        tone = (_TONE_LEVEL * np.sin(turns)).astype(np.float32)
        tone[:edge] *= fade_in(edge, "smooth")
        tone[-edge:] *= fade_out(edge, "smooth")
        self._tone = tone

    def next_block(self, time: float) -> tuple[BlockInfo, Samples]:
        """The next `[BLOCK, 2]` and its description, `time` seconds after the stream's beginning."""
        loop, block = self.live.next_block(BLOCK)
        tone, self._tone = self._tone[:BLOCK], self._tone[BLOCK:]
        if len(tone):
            block[: len(tone)] += tone[:, None]
        streamed = self.stream_buffer.next_block(BLOCK)
        if streamed is not None:
            block += streamed
        limited = self.limiter.limited
        block = self.limiter.process(block)
        peaks = np.abs(block.T.copy()).max(axis=1)  # of rows: along columns it takes seven times as long
        lap, position = _heard_place(loop)
        info = BlockInfo(
            time,
            position / self.live.sample_rate,
            loop.playing,
            (float(peaks[0]), float(peaks[1])),
            self.limiter.limited > limited,
            self._mono.push(block),
            lap,
        )
        return info, self.volume.process(block)


def _heard_place(loop: LoopSnapshot) -> tuple[int, int]:
    """Lap and frame of the block that leaves the limiter when the one of `loop` enters it."""
    frame = max(0, loop.position - LOOK_AHEAD) if loop.playing else 0
    return divmod(frame, loop.lap) if loop.lap else (0, frame)


class OutputThread(threading.Thread):
    """Writes to one open device until `finish`, or until the device has stopped.

    Args:
        output: the device; only this thread writes to it.
        mixer: makes the blocks.
    """

    def __init__(self, output: Output, mixer: Mixer) -> None:
        super().__init__(name="distill-output", daemon=True)
        self.clock = PlaybackClock()
        self._output, self._mixer = output, mixer
        self._convert = _converter(output, mixer)
        self._block_frames_max = 2 * -(-BLOCK * output.sample_rate // mixer.live.sample_rate)
        self._opening_gains = fade_in(BLOCK, "smooth") if mixer.live.playing else None
        self._finishing = threading.Event()
        self._mixed_frames = self._written_frames = 0
        self.load = 0.0
        """Share of the time spent on mixing and writing, 0 … 1, over about the last second."""
        self._measured_at = time.monotonic()

    def taken_seconds(self) -> float:
        """Seconds of the stream that the device has read."""
        return (self._written_frames - self._output.queued()) / self._output.sample_rate

    def heard_seconds(self) -> float:
        """Seconds of the stream that were heard."""
        return self.taken_seconds() - self._output.latency_seconds

    def finish(self) -> None:
        """Fades out within a block, waits until the ring is empty, and ends the thread."""
        self._finishing.set()
        self.join()

    def run(self) -> None:
        with _log_errors():
            _raise_priority()
            self._write_block(self._opening_gains)
            while not self._finishing.is_set() and self._output.alive:
                self._fill()
                time.sleep(self._pause_seconds())  # an Event would wake as soon, and costs five times as much
            self._wait_until(lambda: self._output.free_frames() >= self._block_frames_max)
            self._write_block(fade_out(BLOCK, "smooth"))
            self._wait_until(lambda: not self._output.queued())
            self._wait_for_latency()

    def _fill(self) -> None:
        begun = time.monotonic()
        while self._output.free_frames() >= self._block_frames_max:
            self._write_block()
        self._output.service()
        self._update_load(begun, time.monotonic())

    def _update_load(self, begun: float, ended: float) -> None:
        elapsed, self._measured_at = ended - self._measured_at, ended
        weight = min(1.0, elapsed / _LOAD_SECONDS)
        self.load += weight * (min(1.0, (ended - begun) / max(elapsed, 1e-6)) - self.load)

    def _write_block(self, gains: Samples | None = None) -> None:
        """Writes one more block, with a fade of `gains` `[BLOCK]`, where the ring has room for it."""
        if self._output.free_frames() < self._block_frames_max:
            return
        info, block = self._mixer.next_block(self._mixed_frames / self._mixer.live.sample_rate)
        if gains is not None:
            info, block = replace(info, samples=info.samples * gains), block * gains[:, None]
        converted = self._convert(block)
        self._mixed_frames += BLOCK
        self._output.write(converted)
        self._written_frames += len(converted)
        self.clock.add(info)

    def _pause_seconds(self) -> float:
        """Time in which about a quarter of the queued frames is played."""
        queued = self._output.queued() / self._output.sample_rate
        return min(_PAUSE_SECONDS_MAX, max(0.001, queued / 4))

    def _wait_for_latency(self) -> None:
        """Waits until the device has played what it has read: closing it would cut the fade off."""
        if self._output.alive:
            time.sleep(min(_DRAIN_SECONDS_MAX, 0.05 + 2 * self._output.latency_seconds))

    def _wait_until(self, met: Callable[[], bool]) -> None:
        """Waits until `met`, at most _DRAIN_SECONDS_MAX and while the device is alive."""
        until = time.monotonic() + _DRAIN_SECONDS_MAX
        while self._output.alive and not met() and time.monotonic() < until:
            time.sleep(0.002)


@contextmanager
def _log_errors() -> Iterator[None]:
    """Logs an exception and raises it again."""
    try:
        yield
    except Exception:
        _log.exception("the output thread has ended")
        raise


def _raise_priority() -> None:
    """Gives this thread a high priority, where the system grants it to audio programs."""
    if sys.platform == "linux":
        with suppress(PermissionError):
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _PRIORITY)


def _converter(output: Output, mixer: Mixer) -> Callable[[Samples], Samples]:
    """Converter of `[n, 2]` at the mixer's rate to the rate and the channels of the device."""
    rate = mixer.live.sample_rate
    if output.sample_rate == rate:
        return lambda block: _downmix(block, output.channels)
    from distill_app.dsp.streaming_resampler import StreamingResampler

    resampler = StreamingResampler(rate, output.sample_rate)

    def convert(block: Samples) -> Samples:
        return _downmix(mixer.limiter.clip(np.ascontiguousarray(resampler.push(block.T).T)), output.channels)

    return convert


def _downmix(block: Samples, channels: int) -> Samples:
    return block if channels > 1 else block.mean(axis=1, keepdims=True, dtype=np.float32)
