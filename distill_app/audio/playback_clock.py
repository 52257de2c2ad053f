"""What is heard now, of what was handed out a moment ago."""

import threading
from collections import deque
from dataclasses import dataclass, field

import numpy as np

from distill_app.dsp.sound import Samples

_KEPT = 2048
"""Blocks, 12 s of sound, kept for a window that is busy: where one is lost, its neighbours join with a click."""


@dataclass(frozen=True, eq=False)
class BlockInfo:
    """One block handed out.

    Args:
        time: seconds from the stream's beginning to the block's.
        position: seconds from the sound's beginning to the block's.
        playing: whether it holds sound.
        peaks: largest absolute sample of each channel.
        limited: whether the limiter turned it down.
        samples: the mean of its channels, `[n]`.
    """

    time: float = 0.0
    position: float = 0.0
    playing: bool = False
    peaks: tuple[float, float] = (0.0, 0.0)
    limited: bool = False
    samples: Samples = field(default_factory=lambda: np.zeros(0, np.float32))


@dataclass(frozen=True)
class Peaks:
    """Largest absolute samples of left and right, and whether any of it was limited."""

    left: float = 0.0
    right: float = 0.0
    limited: bool = False

    def with_mark(self, mark: BlockInfo) -> "Peaks":
        left, right = mark.peaks
        return Peaks(max(self.left, left), max(self.right, right), self.limited or mark.limited)


@dataclass(eq=False)
class PlaybackClock:
    """Marks wait here until their time has come. One thread adds, another asks."""

    _coming: deque[BlockInfo] = field(default_factory=lambda: deque(maxlen=_KEPT))
    _now: BlockInfo = field(default_factory=BlockInfo)
    _peaks: Peaks = field(default_factory=Peaks)
    _played: deque[Samples] = field(default_factory=lambda: deque(maxlen=_KEPT))
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, mark: BlockInfo) -> None:
        with self._lock:
            self._coming.append(mark)

    def at(self, time: float) -> BlockInfo:
        """The latest mark whose time has come."""
        with self._lock:
            self._advance(time)
            return self._now

    def take_peaks(self, time: float) -> Peaks:
        """Of what came since this was last asked."""
        with self._lock:
            self._advance(time)
            peaks, self._peaks = self._peaks, Peaks()
            return peaks

    def take_played(self, time: float) -> Samples:
        """Samples `[n]` that came since this was last asked; where that is long ago, the latest of them."""
        with self._lock:
            self._advance(time)
            played = list(self._played)
            self._played.clear()
        return np.concatenate(played) if played else np.zeros(0, np.float32)

    def _advance(self, time: float) -> None:
        while self._coming and self._coming[0].time <= time:
            self._now = self._coming.popleft()
            self._peaks = self._peaks.with_mark(self._now)
            self._played.append(self._now.samples)
