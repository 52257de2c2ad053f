"""Probe in a playing loop: delay from a slider movement to the write of the first changed sample."""

import threading
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType

import numpy as np

from distill_app.audio.output import Output
from distill_app.audio.output_thread import BLOCK
from distill_app.audio.shared_loop import LoopSnapshot, SharedLoop
from distill_app.dsp.limiter import LOOK_AHEAD
from distill_app.dsp.sound import Samples, Sound


class Probe:
    """Observer of a loop and of the device that plays it.

    Every movement of the slider counts. It is answered when the first sample that it, or a newer movement, has changed
    is written to the ring that the device reads.

    Args:
        live: loop whose methods are replaced by observed ones.
        written: file for all samples written to the device, mono float32.
    """

    def __init__(self, live: SharedLoop, written: Path) -> None:
        self.all_seconds: list[float] = []
        """Seconds from each movement to its first changed sample."""
        self.newest_seconds: list[float] = []
        """Seconds from those movements that were the newest ones when the worker took them."""
        self.splices: list[int] = []
        """Frames of the written stream at which new samples begin."""
        self.written = written
        self._live, self._file = live, written.open("wb")
        self._lock = threading.Lock()
        self._waiting: list[float] = []
        self._taken: list[float] = []
        self._due: list[tuple[int, list[float]]] = []
        self._frames = 0
        self._ready: list[list[float]] = []
        self._patch, self._set_loop, self._next = live.patch, live.set_loop, live.next_block
        live.patch = self.patch  # type: ignore[method-assign]
        live.set_loop = self.set_loop  # type: ignore[method-assign]
        live.next_block = self.next_block  # type: ignore[method-assign]

    def __enter__(self) -> "Probe":
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self._file.close()

    def on_moved(self) -> None:
        """Records a movement of the slider."""
        with self._lock:
            self._waiting.append(time.monotonic())

    def on_taken(self, *_: object) -> None:
        """Records that the worker has taken the newest movement."""
        with self._lock:
            self._taken += self._waiting
            self._waiting = []

    def patch(self, start: int, samples: Samples) -> None:
        self._patch(start, samples)
        with self._lock:
            moment = self._live.snapshot()
            ahead = (start - moment.position) % max(1, moment.length)
            inside = ahead > moment.length // 2  # it began behind the playhead
            self._due.append((0 if inside else ahead, self._taken))
            self.splices.append(self._frames + LOOK_AHEAD + (0 if inside else ahead))
            self._taken = []

    def set_loop(self, sound: Sound, loop: Sound | None = None) -> None:
        self.splices.append(self._frames + LOOK_AHEAD)
        self._set_loop(sound, loop)

    def next_block(self, frames: int) -> tuple[LoopSnapshot, Samples]:
        with self._lock:
            reached = [moved for ahead, moved in self._due if ahead + LOOK_AHEAD < BLOCK]
            self._due = [(ahead - BLOCK, moved) for ahead, moved in self._due if ahead + LOOK_AHEAD >= BLOCK]
            self._ready += reached
        return self._next(frames)

    def watch(self, output: Output) -> Output:
        """Output device whose written blocks are recorded."""
        write: Callable[[Samples], None] = output.write

        def write_and_note(block: Samples) -> None:
            write(block)
            self._note(block)

        output.write = write_and_note  # type: ignore[method-assign]
        return output

    def _note(self, block: Samples) -> None:
        now = time.monotonic()
        with self._lock:
            ready, self._ready = self._ready, []
            self._frames += len(block)
        for moved in filter(None, ready):
            self.all_seconds += [now - moment for moment in moved]
            self.newest_seconds.append(now - moved[-1])
        self._file.write(np.ascontiguousarray(block[:, 0], np.float32).tobytes())
