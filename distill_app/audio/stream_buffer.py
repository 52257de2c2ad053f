"""A sound beside the loop, of any length: handed over piece by piece while it is decoded, and heard as it comes.

    a thread decodes ──put──▶ [ up to a few seconds ] ──next_block──▶ the feeder

What was to be heard of one sound fades out in the block in which another one begins, or it is stopped.
"""

import threading
from collections import deque

import numpy as np

from distill_app.audio.format import CHANNELS
from distill_app.dsp.fades import fade_out
from distill_app.dsp.sound import Samples

_AHEAD_SECONDS = 3.0
_START_SECONDS = 0.2
"""Held before it begins, so that it does not stumble at once."""
_FADE_FRAMES = 256


class StreamBuffer:
    """Every method may be called from any thread; those of the feeder take microseconds."""

    def __init__(self, sample_rate: int) -> None:
        self.sample_rate = sample_rate
        self._pieces: deque[Samples] = deque()
        self._leaving: Samples | None = None  # what would have come next of the sound before, to fade out
        self._held = self._heard = self._number = 0
        self._ended = True
        self._room = threading.Condition()

    # Who decodes

    def begin(self) -> int:
        """A new sound, whose number is returned, takes the place of the one there was."""
        with self._room:
            self._leave()
            self._number += 1
            self._ended = False
            self._room.notify_all()
            return self._number

    def put(self, number: int, piece: Samples) -> bool:
        """Appends `[n, 2]`, waiting for room; false where the sound of that number is wanted no more."""
        with self._room:
            self._room.wait_for(lambda: number != self._number or self._held < _AHEAD_SECONDS * self.sample_rate)
            if number != self._number:
                return False
            self._pieces.append(piece)
            self._held += len(piece)
            return True

    def end(self, number: int) -> None:
        """There is no more of it."""
        with self._room:
            self._ended = self._ended or number == self._number

    # The window

    def stop(self) -> None:
        """Falls silent."""
        with self._room:
            self._leave()
            self._number += 1
            self._ended = True
            self._room.notify_all()

    @property
    def playing(self) -> bool:
        """Whether something is still to be heard, or to come."""
        with self._room:
            return self._held > 0 or not self._ended

    @property
    def heard_seconds(self) -> float:
        """Of the present sound, as far as it was handed to the device."""
        with self._room:
            return self._heard / self.sample_rate

    # The feeder

    def next_block(self, frames: int) -> Samples | None:
        """The next `[frames, 2]` to add to what plays; None where there is nothing, or not enough yet."""
        with self._room:
            leaving, self._leaving = self._leaving, None
            enough = frames if self._heard else _START_SECONDS * self.sample_rate
            block = self._take(frames) if self._held and (self._ended or self._held >= enough) else None
            self._room.notify_all()
        if leaving is None:
            return block
        leaving = leaving[:frames] * fade_out(len(leaving[:frames]), "smooth")[:, None]
        out = np.zeros((frames, CHANNELS), np.float32) if block is None else block
        out[: len(leaving)] += leaving
        return out

    def _leave(self) -> None:
        """Keeps what would have been heard next, if anything was heard, and drops the rest."""
        self._leaving = self._take(_FADE_FRAMES) if self._held and self._heard else self._leaving
        self._pieces.clear()
        self._held = self._heard = 0

    def _take(self, frames: int) -> Samples:
        out = np.zeros((frames, CHANNELS), np.float32)
        filled = 0
        while filled < frames and self._pieces:
            piece = self._pieces.popleft()
            part = piece[: frames - filled]
            out[filled : filled + len(part)] = part
            filled += len(part)
            if len(part) < len(piece):
                self._pieces.appendleft(piece[len(part) :])
        self._held -= filled
        self._heard += filled
        return out
