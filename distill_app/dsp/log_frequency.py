"""From the bins of Fourier transforms to rows that lie evenly in log frequency. numpy only.

Pitches below 700 Hz are read off a long window, which tells them apart; what is above off a short one, which tells
moments apart. Both are centred on the same moment, and the short one bounds the long one in time: a sound begins and
ends in the same column at every frequency.
"""

from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np
from numpy.typing import NDArray

DB_FLOOR = -90.0
"""The darkest level in dB re full scale."""
LOW_HZ, HIGH_HZ = 40.0, 20_000.0

_LONG_SECONDS, _SHORT_SECONDS = 0.12, 0.04
_BORDER_HZ = 700.0
_HEADROOM = np.float32(4.0)
"""By how much (12 dB) a low row may exceed what the short window finds there: room for the dips that two neighbouring
pitches leave in a short window, and little enough to cut off the long window's skirts before an onset."""


@dataclass(frozen=True)
class FrequencyScale:
    """Rows that lie evenly in log frequency, row 0 lowest.

    Args:
        rows: how many, at least 2.
        low_hz, high_hz: centre frequencies of the first and last row.
    """

    rows: int
    low_hz: float
    high_hz: float

    @classmethod
    def of(cls, sample_rate: float, rows: int) -> "FrequencyScale":
        """40 Hz to 20 kHz, or to half the sample rate."""
        return cls(rows, LOW_HZ, min(HIGH_HZ, sample_rate / 2))

    def frequency(self, row: float) -> float:
        """Hz at a (fractional) row."""
        return float(self.low_hz * (self.high_hz / self.low_hz) ** (row / (self.rows - 1)))

    def row(self, frequency: float) -> float:
        """The (fractional) row of a frequency in Hz."""
        return float((self.rows - 1) * np.log(frequency / self.low_hz) / np.log(self.high_hz / self.low_hz))


@dataclass(frozen=True, eq=False)
class LogFrequencyBands:
    """How some of the rows are read off the bins of one transform.

    Args:
        part: which rows.
        size: samples of the transform.
        below, share: a row's centre lies between the bins `below` and `below + 1`, `share` of the way.
        edges: bins where the rows begin that are wider than a bin, and where the last one ends.
        bounds: so many of the lowest rows are not drawn but bound those of a longer window: they are the loudest of
            the four bins around them, as a single bin of noise is dark now and then.
    """

    part: slice
    size: int
    below: NDArray[np.intp]
    share: NDArray[np.float32]
    edges: NDArray[np.intp]
    bounds: int = 0

    @classmethod
    def of(
        cls, scale: FrequencyScale, size: int, sample_rate: float, part: slice, bounds: int = 0
    ) -> "LogFrequencyBands":
        step = (scale.high_hz / scale.low_hz) ** (0.5 / (scale.rows - 1))
        place = _centres(scale)[part] * size / sample_rate
        below = np.minimum(place.astype(np.intp), size // 2 - 1)
        first = np.ceil(place / step).astype(np.intp)
        last = np.append(first[1:], int(np.ceil(place[-1] * step)))
        wide = last > first
        start = int(np.argmax(wide & np.flip(np.logical_and.accumulate(np.flip(wide)))))
        edges = np.append(first[start:], last[-1]) if wide[-1] else np.empty(0, np.intp)
        return cls(part, size, below, (place - below).astype(np.float32), np.minimum(edges, size // 2), bounds)

    @cached_property
    def bins(self) -> int:
        """How many bins are looked at."""
        return int(max(self.below[-1] + 1, self.edges.max(initial=0))) + 1

    def magnitudes(self, windows: NDArray[np.float32]) -> NDArray[np.float32]:
        """`[rows, n]` of `[n, size]` samples; a full-scale sine has the magnitude 1."""
        return self.rows(np.fft.rfft(windows * _window(self.size)))

    def rows(self, spectra: NDArray[np.complexfloating]) -> NDArray[np.float32]:
        """`[rows, n]` of `[n, bins]`: what lies at the row's centre, or the loudest bin within the row if louder."""
        bins: NDArray[np.float32] = np.abs(spectra[:, : self.bins].T.copy()).astype(np.float32, copy=False)
        below = bins[self.below]
        at_centre = below + (bins[self.below + 1] - below) * self.share[:, None]
        if len(self.edges):
            wide = at_centre[len(at_centre) - len(self.edges) + 1 :]
            np.maximum(wide, np.maximum.reduceat(bins, self.edges, axis=0)[:-1], out=wide)
        if self.bounds:
            at_centre[: self.bounds] = _loudest_around(bins, self.below[: self.bounds])
        return at_centre


@dataclass(frozen=True, eq=False)
class MultiResolution:
    """Two transforms around one moment, merged into one column.

    Args:
        long: the rows below _BORDER_HZ, off the long window.
        short: the rows from there on, off the short window, and below them what bounds the long one.
    """

    long: LogFrequencyBands
    short: LogFrequencyBands

    @classmethod
    def of(cls, scale: FrequencyScale, sample_rate: float) -> "MultiResolution":
        border = int(np.searchsorted(_centres(scale), _BORDER_HZ))
        long, short = (_fft_size(seconds * sample_rate) for seconds in (_LONG_SECONDS, _SHORT_SECONDS))
        return cls(
            LogFrequencyBands.of(scale, long, sample_rate, slice(0, border)),
            LogFrequencyBands.of(scale, short, sample_rate, slice(0, scale.rows), bounds=border),
        )

    def magnitudes(self, windows: NDArray[np.float32]) -> NDArray[np.float32]:
        """`[rows, n]` of `[n, long.size]` samples around `n` moments."""
        edge = (self.long.size - self.short.size) // 2
        return self.merged(
            self.long.magnitudes(windows), self.short.magnitudes(windows[:, edge : edge + self.short.size])
        )

    def merged(self, long: NDArray[np.float32], short: NDArray[np.float32]) -> NDArray[np.float32]:
        """`[rows, n]` of the long window's low rows and the short window's rows, all of the same moments."""
        rows = short.copy()
        rows[self.long.part] = np.minimum(long, _HEADROOM * short[self.long.part])
        return rows


def levels(magnitudes: NDArray[np.float32]) -> NDArray[np.float32]:
    """dB re a full-scale sine, DB_FLOOR … 0."""
    decibels = 20 * np.log10(np.maximum(magnitudes, np.float32(10 ** (DB_FLOOR / 20))))
    return np.minimum(decibels, 0).astype(np.float32, copy=False)


def _loudest_around(bins: NDArray[np.float32], below: NDArray[np.intp]) -> NDArray[np.float32]:
    """The loudest of the bins `below - 1` to `below + 2`, `[len(below), n]`."""
    around = below + np.arange(-1, 3)[:, None]
    return np.asarray(bins[np.clip(around, 0, len(bins) - 1)].max(axis=0))


def _centres(scale: FrequencyScale) -> NDArray[np.float64]:
    return scale.low_hz * (scale.high_hz / scale.low_hz) ** (np.arange(scale.rows) / (scale.rows - 1))


def _fft_size(samples: float) -> int:
    """The nearest power of two."""
    return int(2 ** round(np.log2(samples)))


@lru_cache(maxsize=8)
def _window(size: int) -> NDArray[np.float32]:
    """Periodic Hann, scaled so that a full-scale sine on a bin has the magnitude 1."""
    hann = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(size) / size)
    scaled: NDArray[np.float32] = (hann * 2 / hann.sum()).astype(np.float32)
    return scaled
