"""The picture of a sound: log-frequency spectrogram in dB. numpy only, so that the window may import it."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

DB_FLOOR = -90.0
"""The picture's darkest level in dB re full scale."""


@dataclass(frozen=True, eq=False)
class Spectrogram:
    """Levels `[rows, columns]` in dB (float32, DB_FLOOR … 0), row 0 lowest; rows lie evenly in log frequency.

    Args:
        levels: dB relative to a full-scale sine.
        low_hz, high_hz: centre frequencies of the first and last row.
        seconds: time from the left edge to the right edge.
    """

    levels: NDArray[np.float32]
    low_hz: float
    high_hz: float
    seconds: float

    def frequency(self, row: float) -> float:
        """Hz at a (fractional) row."""
        return float(self.low_hz * (self.high_hz / self.low_hz) ** (row / (self.levels.shape[0] - 1)))
