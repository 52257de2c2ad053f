"""Gain with click-free changes. numpy only: it runs in the player."""

import numpy as np

from distill_app.dsp.sound import Samples

_FULL_SWING_SECONDS = 0.02  # from silence to unity gain


class SmoothGain:
    """Gain that moves linearly to `target`, over blocks `[n, channels]`.

    At unity gain the output is the input block itself.

    Args:
        sample_rate: Hz.
    """

    def __init__(self, sample_rate: int) -> None:
        self.target = 1.0
        """Linear gain, 0 … 1; may be set from any thread, and applies from the next block on."""
        self._gain = 1.0
        self._step = 1 / (_FULL_SWING_SECONDS * sample_rate)

    def process(self, block: Samples) -> Samples:
        """Next block with the gain applied."""
        target, before = self.target, self._gain
        if target == before:
            return block if target == 1.0 else block * np.float32(target)
        distance = target - before
        steps = np.arange(1, len(block) + 1) * self._step
        gains = before + np.sign(distance) * np.minimum(steps, abs(distance))
        self._gain = target if steps[-1] >= abs(distance) else float(gains[-1])
        return block * gains[:, None].astype(np.float32)
