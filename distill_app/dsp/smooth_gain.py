"""Gain that changes without a click. numpy only: it runs in the player."""

import numpy as np

from distill_app.dsp.sound import Samples

_FULL_SWING_SECONDS = 0.02  # from silence to unity gain


class SmoothGain:
    """Multiplies blocks `[n, channels]` by `target`, which is reached along a straight line.

    At unity gain the samples are the very ones that came in.

    Args:
        sample_rate: Hz.
    """

    def __init__(self, sample_rate: int) -> None:
        self.target = 1.0
        """Linear, 0 … 1; may be set from any thread, and holds from the next block on."""
        self._gain = 1.0
        self._step = 1 / (_FULL_SWING_SECONDS * sample_rate)

    def process(self, block: Samples) -> Samples:
        """The next block."""
        target, before = self.target, self._gain
        if target == before:
            return block if target == 1.0 else block * np.float32(target)
        way = target - before
        steps = np.arange(1, len(block) + 1) * self._step
        gains = before + np.sign(way) * np.minimum(steps, abs(way))
        self._gain = target if steps[-1] >= abs(way) else float(gains[-1])
        return block * gains[:, None].astype(np.float32)
