"""Mono signal of a running stereo sound. numpy only: it runs in the player."""

import numpy as np

from distill_app.dsp.sound import Samples

_MEMORY = 0.98
"""Share of what is known of the channels that the next block leaves: of 256 samples, half of it after 0.2 s."""
_CANCELS, _ADDS_UP = 0.5, 0.8
"""Power of the sum, relative to that of uncorrelated channels, below which it is left, and from which on taken."""


class RunningMono:
    """Mono signal of consecutive blocks `[n, 2]`: half their sum, or half their difference while they cancel."""

    def __init__(self) -> None:
        self._power = self._product = 0.0
        self._sign = 1.0

    def push(self, block: Samples) -> Samples:
        """Next mono samples `[n]`."""
        left, right = block[:, 0], block[:, 1]
        before, self._sign = self._sign, self._next_sign(block)
        if before != self._sign:
            right = right * np.linspace(before, self._sign, len(block), dtype=np.float32)
        elif self._sign < 0:
            right = -right
        return np.float32(0.5) * (left + right)

    def _next_sign(self, block: Samples) -> float:
        products = block.T @ block
        self._power = _MEMORY * self._power + float(products[0, 0] + products[1, 1])
        self._product = _MEMORY * self._product + 2 * float(products[0, 1])
        sum_power = self._power + self._product
        if sum_power < _CANCELS * self._power:
            return -1.0
        return 1.0 if sum_power >= _ADDS_UP * self._power else self._sign
