"""The loop that plays, shared by three threads; each call takes microseconds.

The worker alone writes it: whole sounds, and patches while a slider moves. The window starts, stops and moves it. The
output thread reads it.
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from distill_app.audio.loop_source import LoopSource
from distill_app.audio.play_cursor import with_channels
from distill_app.dsp.sound import Samples, Sound


@dataclass(frozen=True)
class LoopSnapshot:
    """State of the loop at one moment.

    Args:
        playing: whether it sounds.
        position: frame that is read next; all before is written to the device already.
        length: frames of the sound, 0 where there is none.
        wrap: frames of the beginning that are heard within the end; after the end, reading continues behind them.
        looping: whether it continues after the end.
        lap: of a ring, frames after which it ends if it is not looped, 0 where it has no end; None for a plain loop.
            The position in a ring counts from the beginning of the sound, over all laps.
    """

    playing: bool
    position: int
    length: int
    wrap: int
    looping: bool
    lap: int | None = None

    def after(self, frames: int) -> int:
        """Position once so many frames more have been read; the length where the loop ends before."""
        ahead = self.position + frames
        if self.lap is not None:
            return ahead
        if ahead < self.length:
            return ahead
        return self.wrap + (ahead - self.length) % (self.length - self.wrap) if self.looping else self.length


class SharedLoop:
    """Thread-safe `LoopSource`.

    Args:
        sample_rate: Hz, of every sound given to it.
    """

    def __init__(self, sample_rate: int) -> None:
        self.sample_rate = sample_rate
        self._source = LoopSource(sample_rate)
        self._lock = threading.Lock()
        self.on_transport: Callable[[], object] = bool
        """Called after it was started or stopped, in the thread that did it."""

    # For the worker

    def set_loop(self, sound: Sound, loop: Sound | None = None) -> None:
        """Replaces the sound and its patches, as `LoopSource.set_loop`.

        Raises ValueError where it has another rate or is empty.
        """
        with self._lock:
            self._source.set_loop(sound, loop)

    def set_ring(self, seconds: float, lap: int, start: int, samples: Samples) -> None:
        """Replaces the sound by a ring of a length, as `LoopSource.set_ring`."""
        with self._lock:
            self._source.set_ring(round(seconds * self.sample_rate), lap, start, samples)

    def patch(self, start: int, samples: Samples) -> None:
        """Replaces the frames from `start` on by `samples` `[channels, n]`, or mono `[n]`.

        Raises ValueError where they lie outside.
        """
        scratch = self._scratch(samples)
        with self._lock:
            self._source.patch(start, samples, scratch)

    def _scratch(self, piece: Samples) -> Samples | None:
        """Copy of the sound that a piece can be written to, made while the output thread does not wait."""
        channels = len(np.atleast_2d(piece))
        with self._lock:
            fixed = self._source.unwritable(channels)
        return None if fixed is None else with_channels(fixed, channels)

    # For the window

    def play(self, from_frame: int) -> None:
        with self._lock:
            self._source.play(from_frame)
        self.on_transport()

    def stop(self) -> None:
        with self._lock:
            self._source.stop()
        self.on_transport()

    @property
    def looping(self) -> bool:
        return self._source.looping

    @looping.setter
    def looping(self, looping: bool) -> None:
        with self._lock:
            self._source.set_looping(looping)

    @property
    def playing(self) -> bool:
        with self._lock:
            return self._source.playing

    # For all

    def snapshot(self) -> LoopSnapshot:
        with self._lock:
            return self._snapshot()

    def _snapshot(self) -> LoopSnapshot:
        source = self._source
        return LoopSnapshot(
            source.playing,
            source.position_frames,
            source.length_frames,
            source.wrap_frames,
            source.looping,
            source.ring_lap,
        )

    # For the output thread

    def next_block(self, frames: int) -> tuple[LoopSnapshot, Samples]:
        """The next `[frames, 2]`, and the state before it was read."""
        with self._lock:
            return self._snapshot(), self._source.next_block(frames)
