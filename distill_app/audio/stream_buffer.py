"""Buffer of a sound of any length that is played while it is decoded.

    decoding thread ──put──▶ [ up to _AHEAD_SECONDS ] ──next_block──▶ output thread

Where a sound is stopped or replaced, its next frames fade out in the next block.
"""

import threading
from collections import deque

import numpy as np

from distill_app.audio.format import CHANNELS
from distill_app.dsp.fades import fade_out
from distill_app.dsp.sound import Samples

_AHEAD_SECONDS = 3.0
_START_SECONDS = 0.2
"""Buffered before playback begins, so that it does not run dry at once."""
_FADE_FRAMES = 256


class StreamBuffer:
    """Thread-safe buffer between a decoder and the output thread; `next_block` takes microseconds."""

    def __init__(self, sample_rate: int) -> None:
        self.sample_rate = sample_rate
        self._blocks: deque[Samples] = deque()
        self._tail: Samples | None = None  # next frames of the sound before, to be faded out
        self._queued_frames = self._read_frames = self._number = 0
        self._ended = True
        self._condition = threading.Condition()

    # For the decoding thread

    def begin(self) -> int:
        """Starts a new sound in place of the old one; returns its number."""
        with self._condition:
            self._cut_off()
            self._number += 1
            self._ended = False
            self._condition.notify_all()
            return self._number

    def put(self, number: int, block: Samples) -> bool:
        """Appends `[n, 2]` after waiting for room; returns False where the sound of that number was replaced."""
        with self._condition:
            ahead = _AHEAD_SECONDS * self.sample_rate
            self._condition.wait_for(lambda: number != self._number or self._queued_frames < ahead)
            if number != self._number:
                return False
            self._blocks.append(block)
            self._queued_frames += len(block)
            return True

    def end(self, number: int) -> None:
        """Marks the sound of that number as complete."""
        with self._condition:
            self._ended = self._ended or number == self._number

    # For the window

    def stop(self) -> None:
        """Fades to silence."""
        with self._condition:
            self._cut_off()
            self._number += 1
            self._ended = True
            self._condition.notify_all()

    @property
    def playing(self) -> bool:
        """Whether there are frames left to play or to decode."""
        with self._condition:
            return self._queued_frames > 0 or not self._ended

    @property
    def heard_seconds(self) -> float:
        """Length of the present sound's part that was read by the output thread."""
        with self._condition:
            return self._read_frames / self.sample_rate

    # For the output thread

    def next_block(self, frames: int) -> Samples | None:
        """The next `[frames, 2]`; None where there is nothing, or not enough yet."""
        with self._condition:
            tail, self._tail = self._tail, None
            enough = frames if self._read_frames else _START_SECONDS * self.sample_rate
            ready = self._queued_frames and (self._ended or self._queued_frames >= enough)
            block = self._read(frames) if ready else None
            self._condition.notify_all()
        if tail is None:
            return block
        tail = tail[:frames] * fade_out(len(tail[:frames]), "smooth")[:, None]
        out = np.zeros((frames, CHANNELS), np.float32) if block is None else block
        out[: len(tail)] += tail
        return out

    def _cut_off(self) -> None:
        """Keeps the next frames for a fade, if playback has begun, and drops the rest."""
        self._tail = self._read(_FADE_FRAMES) if self._queued_frames and self._read_frames else self._tail
        self._blocks.clear()
        self._queued_frames = self._read_frames = 0

    def _read(self, frames: int) -> Samples:
        out = np.zeros((frames, CHANNELS), np.float32)
        filled = 0
        while filled < frames and self._blocks:
            block = self._blocks.popleft()
            part = block[: frames - filled]
            out[filled : filled + len(part)] = part
            filled += len(part)
            if len(part) < len(block):
                self._blocks.appendleft(block[len(part) :])
        self._queued_frames -= filled
        self._read_frames += filled
        return out
