"""Log-frequency rows from Fourier transforms of two sizes. numpy only.

Rows below 700 Hz come from a long window, which resolves pitch; rows above from a short one, which resolves time. Both
are centred on the same moment. The short window limits the long one in time, so that a sound begins and ends in the
same column at every frequency.
"""

from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np
from numpy.typing import NDArray

DB_FLOOR = -90.0
"""Lowest level shown, in dB re full scale."""
LOW_HZ, HIGH_HZ = 40.0, 20_000.0

_LONG_SECONDS, _SHORT_SECONDS = 0.12, 0.04
_SPLIT_HZ = 700.0
_HEADROOM = np.float32(4.0)
"""Factor (12 dB) by which a low row may exceed the short window's magnitude there: enough for the dips that beating
pitches leave in a short window, and little enough to cut off the long window's skirts before an onset."""


@dataclass(frozen=True)
class FrequencyScale:
    """Rows evenly spaced in log frequency, row 0 lowest.

    Args:
        rows: number of rows, at least 2.
        low_hz, high_hz: centre frequencies of the first and last row.
    """

    rows: int
    low_hz: float
    high_hz: float

    @classmethod
    def of(cls, sample_rate: float, rows: int) -> "FrequencyScale":
        """Scale from 40 Hz to 20 kHz, or to half the sample rate."""
        return cls(rows, LOW_HZ, min(HIGH_HZ, sample_rate / 2))

    def frequency(self, row: float) -> float:
        """Frequency in Hz at a (fractional) row."""
        return float(self.low_hz * (self.high_hz / self.low_hz) ** (row / (self.rows - 1)))

    def row(self, frequency: float) -> float:
        """Fractional row of a frequency in Hz."""
        return float((self.rows - 1) * np.log(frequency / self.low_hz) / np.log(self.high_hz / self.low_hz))


@dataclass(frozen=True, eq=False)
class LogFrequencyBands:
    """Mapping from the bins of one transform to some of the rows.

    Args:
        row_range: the rows.
        size: transform size in samples.
        below, share: a row's centre lies between bins `below` and `below + 1`, at the fraction `share`.
        edges: first bins of the rows that are wider than a bin, and the end of the last one.
        bounding_rows: number of lowest rows that only limit those of a longer window. They take the maximum of the
            four bins around their centre, because a single bin of noise may be near zero.
    """

    row_range: slice
    size: int
    below: NDArray[np.intp]
    share: NDArray[np.float32]
    edges: NDArray[np.intp]
    bounding_rows: int = 0

    @classmethod
    def of(
        cls, scale: FrequencyScale, size: int, sample_rate: float, row_range: slice, bounding_rows: int = 0
    ) -> "LogFrequencyBands":
        step = (scale.high_hz / scale.low_hz) ** (0.5 / (scale.rows - 1))
        place = _row_centres_hz(scale)[row_range] * size / sample_rate
        below = np.minimum(place.astype(np.intp), size // 2 - 1)
        first = np.ceil(place / step).astype(np.intp)
        last = np.append(first[1:], int(np.ceil(place[-1] * step)))
        wide = last > first
        start = int(np.argmax(wide & np.flip(np.logical_and.accumulate(np.flip(wide)))))
        edges = np.append(first[start:], last[-1]) if wide[-1] else np.empty(0, np.intp)
        return cls(
            row_range, size, below, (place - below).astype(np.float32), np.minimum(edges, size // 2), bounding_rows
        )

    @cached_property
    def bin_count(self) -> int:
        """Number of bins used."""
        return int(max(self.below[-1] + 1, self.edges.max(initial=0))) + 1

    def magnitudes(self, windows: NDArray[np.float32]) -> NDArray[np.float32]:
        """Magnitudes `[rows, n]` of samples `[n, size]`; 1 for a full-scale sine."""
        return self.rows(np.fft.rfft(windows * _window(self.size)))

    def rows(self, spectra: NDArray[np.complexfloating]) -> NDArray[np.float32]:
        """Magnitudes `[rows, n]` of spectra `[n, bins]`: the value at the row's centre or the row's loudest bin."""
        bin_count: NDArray[np.float32] = np.abs(spectra[:, : self.bin_count].T.copy()).astype(np.float32, copy=False)
        below = bin_count[self.below]
        at_centre = below + (bin_count[self.below + 1] - below) * self.share[:, None]
        if len(self.edges):
            wide = at_centre[len(at_centre) - len(self.edges) + 1 :]
            np.maximum(wide, np.maximum.reduceat(bin_count, self.edges, axis=0)[:-1], out=wide)
        if self.bounding_rows:
            at_centre[: self.bounding_rows] = _max_around(bin_count, self.below[: self.bounding_rows])
        return at_centre


@dataclass(frozen=True, eq=False)
class MultiResolution:
    """Long and short transform around one moment, merged into one column.

    Args:
        long: rows below _SPLIT_HZ, from the long window.
        short: all rows, from the short window; those below _SPLIT_HZ limit the long ones.
    """

    long: LogFrequencyBands
    short: LogFrequencyBands

    @classmethod
    def of(cls, scale: FrequencyScale, sample_rate: float) -> "MultiResolution":
        border = int(np.searchsorted(_row_centres_hz(scale), _SPLIT_HZ))
        long, short = (_fft_size(seconds * sample_rate) for seconds in (_LONG_SECONDS, _SHORT_SECONDS))
        return cls(
            LogFrequencyBands.of(scale, long, sample_rate, slice(0, border)),
            LogFrequencyBands.of(scale, short, sample_rate, slice(0, scale.rows), bounding_rows=border),
        )

    def magnitudes(self, windows: NDArray[np.float32]) -> NDArray[np.float32]:
        """Magnitudes `[rows, n]` of samples `[n, long.size]` around `n` moments."""
        edge = (self.long.size - self.short.size) // 2
        return self.merge(
            self.long.magnitudes(windows), self.short.magnitudes(windows[:, edge : edge + self.short.size])
        )

    def merge(self, long: NDArray[np.float32], short: NDArray[np.float32]) -> NDArray[np.float32]:
        """All rows `[rows, n]` from the long window's low rows and the short window's rows."""
        rows = short.copy()
        rows[self.long.row_range] = np.minimum(long, _HEADROOM * short[self.long.row_range])
        return rows


def magnitudes_to_db(magnitudes: NDArray[np.float32]) -> NDArray[np.float32]:
    """Levels in dB re a full-scale sine, DB_FLOOR … 0."""
    decibels = 20 * np.log10(np.maximum(magnitudes, np.float32(10 ** (DB_FLOOR / 20))))
    return np.minimum(decibels, 0).astype(np.float32, copy=False)


def _max_around(bin_count: NDArray[np.float32], below: NDArray[np.intp]) -> NDArray[np.float32]:
    """Maximum of the bins `below - 1` to `below + 2`, `[len(below), n]`."""
    around = below + np.arange(-1, 3)[:, None]
    return np.asarray(bin_count[np.clip(around, 0, len(bin_count) - 1)].max(axis=0))


def _row_centres_hz(scale: FrequencyScale) -> NDArray[np.float64]:
    return scale.low_hz * (scale.high_hz / scale.low_hz) ** (np.arange(scale.rows) / (scale.rows - 1))


def _fft_size(samples: float) -> int:
    """Nearest power of two."""
    return int(2 ** round(np.log2(samples)))


@lru_cache(maxsize=8)
def _window(size: int) -> NDArray[np.float32]:
    """Periodic Hann window scaled to magnitude 1 for a full-scale sine on a bin."""
    hann = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(size) / size)
    scaled: NDArray[np.float32] = (hann * 2 / hann.sum()).astype(np.float32)
    return scaled
