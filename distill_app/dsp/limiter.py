"""A limiter that cannot overshoot. numpy only: it works in the player.

For every sample there is a gain that just keeps it below the ceiling. The least of those over the next LOOK_AHEAD
samples, let go of no faster than a straight line, and then averaged over LOOK_AHEAD samples, is below each of them:

    needed   ‾‾‾‾‾‾‾‾‾‾‾‾|_|‾‾‾‾‾‾‾‾‾‾‾‾‾‾
    least    ‾‾‾‾‾‾|_______|╱‾‾‾‾‾‾‾‾‾‾‾‾‾      (what comes is known: the sound is delayed)
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
"""Samples, 2.2 ms at 44.1 kHz, by which the sound is delayed, also where nothing is limited."""
_RELEASE_SECONDS = 0.15  # from silence to no limiting


class Limiter:
    """Blocks `[n, channels]` in, as many samples out, LOOK_AHEAD later; no sample above CEILING.

    Where nothing comes near the ceiling the samples are the very ones that came in. All channels get the same gain.

    Args:
        sample_rate: Hz.
        channels: of the blocks.
    """

    def __init__(self, sample_rate: int, channels: int = 2) -> None:
        self.active = True
        """Whether it limits; it delays in any case, so that switching it is not heard in time."""
        self.limited = 0
        """Blocks so far in which it turned something down."""
        self._held = np.zeros((LOOK_AHEAD, channels), np.float32)
        self._needed = np.ones(LOOK_AHEAD)  # the gains of the last samples
        self._least = np.ones(LOOK_AHEAD - 1)
        self._idle = True
        self._slope = 1 / (_RELEASE_SECONDS * sample_rate)

    def process(self, block: Samples) -> Samples:
        """The next block, `[n, channels]`."""
        joined = np.concatenate([self._held, block])
        out, self._held = joined[: len(block)], joined[len(block) :]
        needed = self._gains_needed(block)
        return out if needed is None else self._limited(out, needed)

    def _gains_needed(self, block: Samples) -> NDArray[np.float64] | None:
        """`[n]`, or None where there is nothing to do now, which is nearly always and therefore found out first."""
        loud = self.active and max(block.max(initial=0.0), -block.min(initial=0.0)) > CEILING
        if not loud and self._idle:
            return None
        peaks = np.abs(block).max(axis=1, initial=0.0)
        over = peaks > CEILING if self.active else np.zeros(len(peaks), bool)
        return np.divide(float(CEILING), peaks, out=np.ones(len(peaks)), where=over)

    def _limited(self, out: Samples, needed: NDArray[np.float64]) -> Samples:
        """`out` lies LOOK_AHEAD samples before `needed`."""
        known = np.concatenate([self._needed, needed])
        released = self._released(sliding_window_view(known, LOOK_AHEAD + 1).min(axis=1))
        least = np.concatenate([self._least, released])
        gains = sliding_window_view(least, LOOK_AHEAD).mean(axis=1)
        self._needed, self._least = known[len(needed) :], least[len(needed) :]
        self._idle = min(self._needed.min(), self._least.min()) == 1.0
        self.limited += int(gains.min() < 1.0)
        return self.clipped(out * gains[:, None].astype(np.float32))  # rounding alone could exceed it

    def clipped(self, limited: Samples) -> Samples:
        """What was limited before, and has grown by a little since, for example in a conversion to another rate."""
        return np.clip(limited, -CEILING, CEILING) if self.active else limited

    def stream(self, blocks: Iterable[Samples]) -> Iterator[Samples]:
        """Mono blocks `[n]` limited, without the delay: as many samples in all, in blocks of other lengths."""
        late = LOOK_AHEAD
        for block in blocks:
            out = self.process(block[:, None])[:, 0]
            yield out[late:]
            late = max(0, late - len(out))
        yield self.process(np.zeros((LOOK_AHEAD, 1), np.float32))[late:, 0]

    def _released(self, least: NDArray[np.float64]) -> NDArray[np.float64]:
        """The same, rising by no more than `_slope` from sample to sample."""
        line = self._slope * np.arange(1, len(least) + 1)
        return np.minimum.accumulate(np.minimum(least - line, self._least[-1])) + line
