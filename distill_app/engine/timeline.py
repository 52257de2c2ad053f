"""What is heard now, of what was handed out a moment ago."""

import threading
from collections import deque
from dataclasses import dataclass, field

_KEPT = 512


@dataclass(frozen=True)
class Mark:
    """One block handed out.

    Args:
        time: seconds from the stream's beginning to the block's.
        position: seconds from the sound's beginning to the block's.
        playing: whether it holds sound.
        peaks: largest absolute sample of each channel.
    """

    time: float = 0.0
    position: float = 0.0
    playing: bool = False
    peaks: tuple[float, float] = (0.0, 0.0)


@dataclass(eq=False)
class Timeline:
    """Marks wait here until their time has come. One thread adds, another asks."""

    _coming: deque[Mark] = field(default_factory=lambda: deque(maxlen=_KEPT))
    _now: Mark = field(default_factory=Mark)
    _peaks: tuple[float, float] = (0.0, 0.0)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, mark: Mark) -> None:
        with self._lock:
            self._coming.append(mark)

    def at(self, time: float) -> Mark:
        """The latest mark whose time has come."""
        with self._lock:
            self._advance(time)
            return self._now

    def take_peaks(self, time: float) -> tuple[float, float]:
        """Largest absolute samples of what came since this was last asked."""
        with self._lock:
            self._advance(time)
            peaks, self._peaks = self._peaks, (0.0, 0.0)
            return peaks

    def _advance(self, time: float) -> None:
        while self._coming and self._coming[0].time <= time:
            self._now = self._coming.popleft()
            left, right = self._now.peaks
            self._peaks = max(self._peaks[0], left), max(self._peaks[1], right)
