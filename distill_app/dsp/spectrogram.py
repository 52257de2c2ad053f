"""Log-frequency spectrogram of a whole sound in dB. numpy only, so that the window may import it."""

from collections.abc import Generator, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from distill_app.common.generators import drain
from distill_app.dsp.log_frequency import DB_FLOOR, FrequencyScale, LogFrequencyBands, MultiResolution, magnitudes_to_db
from distill_app.dsp.sound import Samples

__all__ = ["COLUMNS", "DB_FLOOR", "ROWS", "Spectrogram", "spectrogram", "spectrogram_steps"]

ROWS, COLUMNS = 256, 1024
_BATCH_WINDOWS = 64  # windows transformed at a time: they fit the processor's cache


@dataclass(frozen=True, eq=False)
class Spectrogram:
    """Log-frequency spectrogram, row 0 lowest.

    Args:
        levels: `[rows, columns]` in dB relative to a full-scale sine (float32, DB_FLOOR … 0).
        low_hz, high_hz: centre frequencies of the first and last row.
        seconds: time from the left edge to the right edge.
    """

    levels: NDArray[np.float32]
    low_hz: float
    high_hz: float
    seconds: float

    @property
    def scale(self) -> FrequencyScale:
        return FrequencyScale(self.levels.shape[0], self.low_hz, self.high_hz)

    def frequency(self, row: float) -> float:
        """Frequency in Hz at a (fractional) row."""
        return self.scale.frequency(row)


def spectrogram(samples: Samples, sample_rate: int, rows: int = ROWS, columns: int = COLUMNS) -> Spectrogram:
    """Spectrogram of `samples` `[n]` from 40 Hz to 20 kHz (or to half the sample rate), in constant memory.

    A pixel shows the maximum within it, so that a click stays visible in a sound of ten minutes. Raises ValueError if
    there is no sample, or fewer than 2 rows or 1 column.
    """
    return drain(spectrogram_steps(samples, sample_rate, rows, columns))


def spectrogram_steps(
    samples: Samples, sample_rate: int, rows: int = ROWS, columns: int = COLUMNS
) -> Generator[None, None, Spectrogram]:
    """Returns the `spectrogram`, computed in steps of milliseconds, between which other work can be done.

    Raises as `spectrogram`.
    """
    if not len(samples) or rows < 2 or columns < 1:
        raise ValueError("a spectrogram needs samples, 2 rows and 1 column")
    scale = FrequencyScale.of(sample_rate, rows)
    resolution = MultiResolution.of(scale, sample_rate)
    long = yield from _magnitudes(samples, columns, resolution.long)
    short = yield from _magnitudes(samples, columns, resolution.short)
    return Spectrogram(
        magnitudes_to_db(resolution.merge(long, short)), scale.low_hz, scale.high_hz, len(samples) / sample_rate
    )


def _magnitudes(samples: Samples, columns: int, bands: LogFrequencyBands) -> Generator[None, None, NDArray[np.float32]]:
    """Returns magnitudes `[rows, columns]` of the rows of `bands`."""
    parts = []
    for part in _columns(samples, columns, bands):
        parts.append(part)
        yield
    return np.concatenate(parts, axis=1)


def _columns(samples: Samples, columns: int, bands: LogFrequencyBands) -> Iterator[NDArray[np.float32]]:
    """Magnitudes `[rows, n]` of `n` columns at a time, each the maximum over the windows in it."""
    each = max(1, round(len(samples) / columns / (bands.size / 2)))
    centres = (np.arange(columns * each) + 0.5) * len(samples) / (columns * each)
    starts = np.round(centres).astype(np.intp) - bands.size // 2
    at_once = max(1, _BATCH_WINDOWS // each)
    for column in range(0, columns, at_once):
        chosen = starts[column * each : (column + at_once) * each]
        rows = bands.magnitudes(_windows(samples, chosen, bands.size))
        yield rows.reshape(len(rows), -1, each).max(axis=2)


def _windows(samples: Samples, starts: NDArray[np.intp], size: int) -> NDArray[np.float32]:
    """Windows `[len(starts), size]`, with zeros outside the sound."""
    begin, end = int(starts[0]), int(starts[-1]) + size
    inside = samples[max(begin, 0) : end]
    piece = np.pad(inside, (max(-begin, 0), end - max(begin, 0) - len(inside)))
    return np.lib.stride_tricks.sliding_window_view(piece, size)[starts - begin]
