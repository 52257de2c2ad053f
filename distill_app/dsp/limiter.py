"""Look-ahead limiter that cannot overshoot. numpy only: it runs in the player.

Each sample has a needed gain that just keeps it below the ceiling. The minimum of these over the next LOOK_AHEAD
samples, with a linear release, averaged over LOOK_AHEAD samples, is at most the needed gain of each sample:

    needed   ‾‾‾‾‾‾‾‾‾‾‾‾|_|‾‾‾‾‾‾‾‾‾‾‾‾‾‾
    least    ‾‾‾‾‾‾|_______|╱‾‾‾‾‾‾‾‾‾‾‾‾‾      (the delay makes the next samples known)
    average  ‾‾‾‾‾‾‾‾╲______|╱‾‾‾‾‾‾‾‾‾‾‾‾      no corner, and low enough in time
"""

from collections.abc import Iterable, Iterator

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from distill_app.dsp.sound import Samples

CEILING = np.float32(10 ** (-0.1 / 20))
"""-0.1 dBFS."""
LOOK_AHEAD = 96
"""Delay in samples (2.2 ms at 44.1 kHz), constant also while nothing is limited."""
_RELEASE_SECONDS = 0.15  # from silence to no limiting


class Limiter:
    """Limiter of consecutive blocks `[n, channels]`, delayed by LOOK_AHEAD, with no output sample above CEILING.

    Samples far from any peak above the ceiling pass unchanged. All channels get the same gain.

    Args:
        sample_rate: Hz.
        channels: of the blocks.
    """

    def __init__(self, sample_rate: int, channels: int = 2) -> None:
        self.active = True
        """Whether it limits; it always delays, so that switching does not shift the sound in time."""
        self.limited = 0
        """Number of blocks with a reduced gain so far."""
        self._delay_line = np.zeros((LOOK_AHEAD, channels), np.float32)
        self._recent_needed = np.ones(LOOK_AHEAD)  # the gains of the last samples
        self._recent_least = np.ones(LOOK_AHEAD - 1)
        self._idle = True
        self._release_step = 1 / (_RELEASE_SECONDS * sample_rate)

    def process(self, block: Samples) -> Samples:
        """Next output block `[n, channels]`."""
        joined = np.concatenate([self._delay_line, block])
        out, self._delay_line = joined[: len(block)], joined[len(block) :]
        needed = self._needed_gains(block)
        return out if needed is None else self._limit(out, needed)

    def _needed_gains(self, block: Samples) -> NDArray[np.float64] | None:
        """Needed gains `[n]`, or None if there is nothing to limit (the usual case, checked first)."""
        loud = self.active and max(block.max(initial=0.0), -block.min(initial=0.0)) > CEILING
        if not loud and self._idle:
            return None
        peaks = np.abs(block).max(axis=1, initial=0.0)
        over = peaks > CEILING if self.active else np.zeros(len(peaks), bool)
        return np.divide(float(CEILING), peaks, out=np.ones(len(peaks)), where=over)

    def _limit(self, out: Samples, needed: NDArray[np.float64]) -> Samples:
        """Apply the smoothed gains to `out`, which is LOOK_AHEAD samples earlier than `needed`."""
        known = np.concatenate([self._recent_needed, needed])
        released = self._limit_release(sliding_window_view(known, LOOK_AHEAD + 1).min(axis=1))
        least = np.concatenate([self._recent_least, released])
        gains = sliding_window_view(least, LOOK_AHEAD).mean(axis=1)
        self._recent_needed, self._recent_least = known[len(needed) :], least[len(needed) :]
        self._idle = min(self._recent_needed.min(), self._recent_least.min()) == 1.0
        self.limited += int(gains.min() < 1.0)
        return self.clip(out * gains[:, None].astype(np.float32))  # rounding alone could exceed it

    def clip(self, limited: Samples) -> Samples:
        """Clip limited samples that grew slightly since, for example in resampling."""
        return np.clip(limited, -CEILING, CEILING) if self.active else limited

    def stream(self, blocks: Iterable[Samples]) -> Iterator[Samples]:
        """Limit blocks `[channels, n]` without the delay: equally many samples, in blocks of other lengths."""
        late = LOOK_AHEAD
        for block in blocks:
            out = self.process(block.T).T
            yield out[:, late:]
            late = max(0, late - out.shape[1])
        yield self.process(np.zeros_like(self._delay_line)).T[:, late:]

    def _limit_release(self, least: NDArray[np.float64]) -> NDArray[np.float64]:
        """Gains that rise by at most `_release_step` per sample."""
        line = self._release_step * np.arange(1, len(least) + 1)
        return np.minimum.accumulate(np.minimum(least - line, self._recent_least[-1])) + line
