"""Parts of the mono signal of recordings one after another, read quickly. numpy only."""

from bisect import bisect_right
from collections.abc import Sequence

import numpy as np

from distill_app.dsp.sound import Samples


class MonoReader:
    """Mono signal of segments, each with its own factors of the channels.

    Args:
        samples: `[channels, n]`.
        weights: `[channels, segments]`.
        begins: `[segments]`, samples at which the segments begin, with the silence before them.
    """

    def __init__(self, samples: Samples, weights: Samples, begins: Sequence[int]) -> None:
        self._samples, self._weights, self._begins = samples, weights, begins

    def read(self, start: int, stop: int) -> Samples:
        """Samples `[stop - start]`; silence before the first and after the last one."""
        segment = max(0, bisect_right(self._begins, (start + stop) // 2) - 1)
        found = self._samples[:, max(0, start) : max(0, stop)]
        mono = (self._weights[:, segment, None] * found).sum(0)
        if len(mono) == stop - start:
            return mono
        return np.pad(mono, (max(0, -start), max(0, stop - start - max(0, -start) - len(mono))))
