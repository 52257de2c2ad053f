"""Descriptions of the written blocks, looked up by the time at which they are heard."""

import threading
from collections import deque
from dataclasses import dataclass, field

import numpy as np

from distill_app.dsp.sound import Samples

_BLOCKS_MAX = 2048
"""Number of blocks (12 s of sound) that are kept while the window is busy."""


@dataclass(frozen=True, eq=False)
class BlockInfo:
    """Description of a written block.

    Args:
        time: seconds from the stream's beginning to the block's.
        position: seconds from the sound's beginning to the block's.
        playing: whether the loop was playing.
        peaks: largest absolute sample of each channel.
        limited: whether the limiter turned it down.
        samples: mono signal `[n]`.
        lap: laps of a ring that were played before; the position is that in the present one.
    """

    time: float = 0.0
    position: float = 0.0
    playing: bool = False
    peaks: tuple[float, float] = (0.0, 0.0)
    limited: bool = False
    samples: Samples = field(default_factory=lambda: np.zeros(0, np.float32))
    lap: int = 0


@dataclass(frozen=True)
class Peaks:
    """Largest absolute samples of left and right, and whether the limiter was active."""

    left: float = 0.0
    right: float = 0.0
    limited: bool = False

    def including(self, info: BlockInfo) -> "Peaks":
        left, right = info.peaks
        return Peaks(max(self.left, left), max(self.right, right), self.limited or info.limited)


@dataclass(eq=False)
class PlaybackClock:
    """Queue of block descriptions; thread-safe."""

    _upcoming: deque[BlockInfo] = field(default_factory=lambda: deque(maxlen=_BLOCKS_MAX))
    _now: BlockInfo = field(default_factory=BlockInfo)
    _peaks: Peaks = field(default_factory=Peaks)
    _played: deque[Samples] = field(default_factory=lambda: deque(maxlen=_BLOCKS_MAX))
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, info: BlockInfo) -> None:
        with self._lock:
            self._upcoming.append(info)

    def at(self, time: float) -> BlockInfo:
        """The latest block that begins at or before `time`."""
        with self._lock:
            self._advance(time)
            return self._now

    def take_peaks(self, time: float) -> Peaks:
        """Peaks of the blocks since the last call."""
        with self._lock:
            self._advance(time)
            peaks, self._peaks = self._peaks, Peaks()
            return peaks

    def take_played(self, time: float) -> Samples:
        """Samples `[n]` of the blocks since the last call, at most the latest _BLOCKS_MAX of them."""
        with self._lock:
            self._advance(time)
            played = list(self._played)
            self._played.clear()
        return np.concatenate(played) if played else np.zeros(0, np.float32)

    def _advance(self, time: float) -> None:
        while self._upcoming and self._upcoming[0].time <= time:
            self._now = self._upcoming.popleft()
            self._peaks = self._peaks.including(self._now)
            self._played.append(self._now.samples)
