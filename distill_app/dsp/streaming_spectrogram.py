"""Log-frequency spectrogram of a running sound, column by column. numpy only."""

import math

import numpy as np
from numpy.typing import NDArray

from distill_app.dsp.log_frequency import FrequencyScale, MultiResolution, magnitudes_to_db
from distill_app.dsp.sound import Samples


class StreamingSpectrogram:
    """Spectrogram columns at a constant rate, each half a window (46 ms) after the moment it shows.

    Args:
        sample_rate: Hz.
        rows: number of rows, at least 2, from 40 Hz to 20 kHz.
        columns_per_second: may be fractional; a column's moment is the nearest sample.
        starts_midway: the first sample is from the middle of a sound, so columns begin with the first full window;
            otherwise silence precedes it.
    """

    def __init__(self, sample_rate: float, rows: int, columns_per_second: float, starts_midway: bool = False) -> None:
        if rows < 2 or columns_per_second <= 0:
            raise ValueError("a live spectrogram needs 2 rows and columns that come")
        self._sample_rate = sample_rate
        self.scale = FrequencyScale.of(sample_rate, rows)
        self._resolution = MultiResolution.of(self.scale, sample_rate)
        self._hop = sample_rate / columns_per_second
        self._half_window = self._resolution.long.size // 2
        silence = 0 if starts_midway else self._half_window
        self._buffer: Samples = np.zeros(silence, np.float32)
        self._buffer_start = -silence  # the moment, in samples, of the first one kept
        self._next_column = math.ceil(self._half_window / self._hop) if starts_midway else 0

    def with_rows(self, rows: int) -> "StreamingSpectrogram":
        """Spectrogram that continues this one with another number of rows."""
        other = StreamingSpectrogram(self._sample_rate, rows, self._sample_rate / self._hop)
        other._buffer, other._buffer_start, other._next_column = self._buffer, self._buffer_start, self._next_column
        return other

    def push(self, samples: Samples) -> NDArray[np.float32]:
        """Columns `[rows, n]` in dB that `samples` `[m]` complete."""
        self._buffer = np.concatenate([self._buffer, samples])
        moments = self._complete_moments()
        self._next_column += len(moments)
        columns = self._columns(moments)
        self._drop_past_samples()
        return columns

    def _complete_moments(self) -> list[int]:
        """Moments, in samples, of the columns whose windows are complete; so few that a loop is fastest."""
        received, column = self._buffer_start + len(self._buffer), self._next_column
        moments = []
        while (moment := round(column * self._hop)) + self._half_window <= received:
            moments.append(moment)
            column += 1
        return moments

    def _columns(self, moments: list[int]) -> NDArray[np.float32]:
        if not moments:
            return np.empty((self.scale.rows, 0), np.float32)
        size = 2 * self._half_window
        starts = [moment - self._half_window - self._buffer_start for moment in moments]
        windows = np.concatenate([self._buffer[start : start + size] for start in starts])
        return magnitudes_to_db(self._resolution.magnitudes(windows.reshape(len(moments), size)))

    def _drop_past_samples(self) -> None:
        """Drop the samples that no later column needs."""
        past = min(round(self._next_column * self._hop) - self._half_window - self._buffer_start, len(self._buffer))
        if past > 0:
            self._buffer, self._buffer_start = self._buffer[past:], self._buffer_start + past
