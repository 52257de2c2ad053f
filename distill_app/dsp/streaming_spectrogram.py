"""The picture of a sound that is still going on: its new columns, as its samples come. numpy only."""

import math

import numpy as np
from numpy.typing import NDArray

from distill_app.dsp.log_frequency import FrequencyScale, MultiResolution, levels
from distill_app.dsp.sound import Samples


class StreamingSpectrogram:
    """Columns at a steady pace; what a column shows lies around its moment, so it comes half a window late (46 ms).

    Args:
        sample_rate: Hz.
        rows: 40 Hz to 20 kHz, evenly in log frequency, at least 2.
        columns_per_second: may be a fraction; a column's moment is the nearest sample.
        midway: whether the first sample comes out of the middle of a sound; columns then begin with the first window
            that is whole. Otherwise there was silence before it.
    """

    def __init__(self, sample_rate: float, rows: int, columns_per_second: float, midway: bool = False) -> None:
        if rows < 2 or columns_per_second <= 0:
            raise ValueError("a live spectrogram needs 2 rows and columns that come")
        self._sample_rate = sample_rate
        self.scale = FrequencyScale.of(sample_rate, rows)
        self._resolution = MultiResolution.of(self.scale, sample_rate)
        self._hop = sample_rate / columns_per_second
        self._half = self._resolution.long.size // 2
        silence = 0 if midway else self._half
        self._kept: Samples = np.zeros(silence, np.float32)
        self._kept_from = -silence  # the moment, in samples, of the first one kept
        self._column = math.ceil(self._half / self._hop) if midway else 0

    def with_rows(self, rows: int) -> "StreamingSpectrogram":
        """The same sound going on, with other rows."""
        other = StreamingSpectrogram(self._sample_rate, rows, self._sample_rate / self._hop)
        other._kept, other._kept_from, other._column = self._kept, self._kept_from, self._column
        return other

    def push(self, samples: Samples) -> NDArray[np.float32]:
        """The columns `[rows, n]` in dB that `samples` `[m]` complete."""
        self._kept = np.concatenate([self._kept, samples])
        moments = self._due()
        self._column += len(moments)
        columns = self._columns(moments)
        self._forget()
        return columns

    def _due(self) -> list[int]:
        """The moments, in samples, of the columns whose windows have come in whole; so few that a loop is quickest."""
        heard, column = self._kept_from + len(self._kept), self._column
        moments = []
        while (moment := round(column * self._hop)) + self._half <= heard:
            moments.append(moment)
            column += 1
        return moments

    def _columns(self, moments: list[int]) -> NDArray[np.float32]:
        if not moments:
            return np.empty((self.scale.rows, 0), np.float32)
        size = 2 * self._half
        starts = [moment - self._half - self._kept_from for moment in moments]
        windows = np.concatenate([self._kept[start : start + size] for start in starts])
        return levels(self._resolution.magnitudes(windows.reshape(len(moments), size)))

    def _forget(self) -> None:
        """What no later column looks at."""
        past = min(round(self._column * self._hop) - self._half - self._kept_from, len(self._kept))
        if past > 0:
            self._kept, self._kept_from = self._kept[past:], self._kept_from + past
