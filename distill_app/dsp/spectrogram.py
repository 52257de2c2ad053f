"""The picture of a sound: log-frequency spectrogram in dB. numpy only, so that the window may import it."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from distill_app.dsp.sound import Samples

DB_FLOOR = -90.0
"""The picture's darkest level in dB re full scale."""
LOW_HZ, HIGH_HZ = 40.0, 20_000.0
ROWS, COLUMNS = 256, 1024

_LONG_SECONDS, _SHORT_SECONDS = 0.12, 0.04  # one window for pitches below the border, one for the time above it
_BORDER_HZ = 700.0
_BATCH = 64  # windows transformed at a time: what the processor keeps near


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


def spectrogram(samples: Samples, sample_rate: int, rows: int = ROWS, columns: int = COLUMNS) -> Spectrogram:
    """The picture of `samples` `[n]`, 40 Hz to 20 kHz (or to half the sample rate).

    A pixel shows the loudest that happens within it, so that a click stays visible in a sound of ten minutes. Memory
    does not grow with the length. Raises ValueError where there is no sample, or fewer than 2 rows or 1 column.
    """
    if not len(samples) or rows < 2 or columns < 1:
        raise ValueError("a spectrogram needs samples, 2 rows and 1 column")
    high_hz = min(HIGH_HZ, sample_rate / 2)
    centres = LOW_HZ * (high_hz / LOW_HZ) ** (np.arange(rows) / (rows - 1))
    border = int(np.searchsorted(centres, _BORDER_HZ))
    magnitudes = np.empty((rows, columns), np.float32)
    for seconds, part in ((_LONG_SECONDS, slice(0, border)), (_SHORT_SECONDS, slice(border, rows))):
        bands = _Bands.of(centres, _fft_size(seconds * sample_rate), sample_rate, part)
        for place, columns_of_part in _columns(samples, columns, bands):
            magnitudes[part, place] = columns_of_part
    levels = 20 * np.log10(np.maximum(magnitudes, np.float32(10 ** (DB_FLOOR / 20))))
    return Spectrogram(np.minimum(levels, 0).astype(np.float32), LOW_HZ, high_hz, len(samples) / sample_rate)


def _fft_size(samples: float) -> int:
    """The nearest power of two."""
    return int(2 ** round(np.log2(samples)))


@lru_cache(maxsize=8)
def _window(size: int) -> NDArray[np.float32]:
    """Periodic Hann, scaled so that a full-scale sine on a bin has the magnitude 1."""
    hann = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(size) / size)
    scaled: NDArray[np.float32] = (hann * 2 / hann.sum()).astype(np.float32)
    return scaled


@dataclass(frozen=True, eq=False)
class _Bands:
    """How rows are read off the bins of a transform.

    Args:
        size: samples of the transform.
        below, share: a row's centre lies between the bins `below` and `below + 1`, `share` of the way.
        edges: bins where the rows begin that are wider than a bin, and where the last one ends.
    """

    size: int
    below: NDArray[np.intp]
    share: NDArray[np.float32]
    edges: NDArray[np.intp]

    @classmethod
    def of(cls, centres: NDArray[np.float64], size: int, sample_rate: int, part: slice) -> "_Bands":
        step = (centres[-1] / centres[0]) ** (0.5 / (len(centres) - 1))
        place = centres[part] * size / sample_rate
        below = np.minimum(place.astype(np.intp), size // 2 - 1)
        first = np.ceil(place / step).astype(np.intp)
        last = np.append(first[1:], int(np.ceil(place[-1] * step)))
        wide = last > first
        start = int(np.argmax(wide & np.flip(np.logical_and.accumulate(np.flip(wide)))))
        edges = np.append(first[start:], last[-1]) if wide[-1] else np.empty(0, np.intp)
        return cls(size, below, (place - below).astype(np.float32), np.minimum(edges, size // 2))

    @property
    def bins(self) -> int:
        """How many bins are looked at."""
        return int(max(self.below[-1] + 1, self.edges.max(initial=0))) + 1

    def rows(self, spectra: NDArray[np.complexfloating]) -> NDArray[np.float32]:
        """`[rows, n]` of `[n, bins]`: what lies at the row's centre, or the loudest bin within the row if louder."""
        bins: NDArray[np.float32] = np.abs(spectra[:, : self.bins].T.copy()).astype(np.float32, copy=False)
        at_centre = bins[self.below] * (1 - self.share[:, None]) + bins[self.below + 1] * self.share[:, None]
        if len(self.edges):
            wide = at_centre[len(at_centre) - len(self.edges) + 1 :]
            np.maximum(wide, np.maximum.reduceat(bins, self.edges, axis=0)[:-1], out=wide)
        return at_centre


def _columns(samples: Samples, columns: int, bands: _Bands) -> Iterator[tuple[slice, NDArray[np.float32]]]:
    """Magnitudes `[rows, n]` of `n` columns at a time, each the maximum over the windows that lie in it."""
    each = max(1, round(len(samples) / columns / (bands.size / 2)))
    centres = (np.arange(columns * each) + 0.5) * len(samples) / (columns * each)
    starts = np.round(centres).astype(np.intp) - bands.size // 2
    at_once = max(1, _BATCH // each)
    for column in range(0, columns, at_once):
        chosen = starts[column * each : (column + at_once) * each]
        spectra = np.fft.rfft(_windows(samples, chosen, bands.size) * _window(bands.size))
        rows = bands.rows(spectra)
        yield slice(column, column + at_once), rows.reshape(len(rows), -1, each).max(axis=2)


def _windows(samples: Samples, starts: NDArray[np.intp], size: int) -> NDArray[np.float32]:
    """`[len(starts), size]`, with zeros beyond the ends of the sound."""
    begin, end = int(starts[0]), int(starts[-1]) + size
    inside = samples[max(begin, 0) : end]
    piece = np.pad(inside, (max(-begin, 0), end - max(begin, 0) - len(inside)))
    return np.lib.stride_tricks.sliding_window_view(piece, size)[starts - begin]
