"""Onset detection. numpy only.

Peaks of the spectral flux with a maximum filter over the bands: Böck and Widmer, "Maximum filter vibrato suppression
for onset detection", DAFx 2013. Differences to the paper:

* The flux is the RMS rise over the bands in dB, so that a kick, which rises in few bands, is found.
* Levels far below the loudest frame count as silence, so that hiss is ignored.
* An onset is moved from the peak to the frame in which the rise begins.
"""

from collections.abc import Callable, Iterable, Iterator

import numpy as np
from numpy.typing import NDArray

Levels = NDArray[np.float32]
"""Level of each band in dB, `[frames, bands]`; about 86 frames a second (hop 512 at 44.1 kHz)."""

_RANGE_DB = 60.0
_LAG = 2
_RISE_DB = 4.0
"""Minimum flux above the mean of its neighbourhood."""
_AUDIBLE_DB = 30.0
"""Distance from the loudest frame beyond which a sound is no onset."""
_DROP_DB = 24.0
"""Drop that marks the click of a sound that is cut off rather than the start of another one."""
_PEAK, _BEFORE, _AFTER, _REST = 3, 9, 6, 6
"""Frames on each side of a maximum, before and after in the mean, and the minimum between two onsets."""
_RISE_SHARE = 0.2


def onsets(read: Callable[[], Iterable[Levels]]) -> list[int]:
    """Frames in which a sound begins, ascending.

    Args:
        read: iterates the levels in blocks from the beginning; called twice, so that one block is in memory at a time.
    """
    loud = np.concatenate([np.zeros(0, np.float32), *(_frame_levels_db(block) for block in read())])
    if not len(loud):
        return []
    flux = np.concatenate(list(_flux(read(), float(loud.max()) - _RANGE_DB)))
    heard = (peak for peak in _peaks(flux) if _starts_sound(loud, peak))
    return sorted({_rise_start(flux, peak) for peak in heard})


def _starts_sound(loud: Levels, peak: int) -> bool:
    """Whether a sound follows the peak, rather than the click of a sound that is cut off."""
    after = loud[peak + _LAG : peak + _AFTER].max(initial=-np.inf)
    before = loud[max(0, peak - _AFTER) : max(0, peak - _LAG)].max(initial=-np.inf)
    return bool(loud[peak : peak + _AFTER].max() >= loud.max() - _AUDIBLE_DB and after >= before - _DROP_DB)


def _frame_levels_db(levels: Levels) -> Levels:
    """Level of the bands' sum in dB, `[frames]`."""
    return 10 * np.log10((10 ** (levels / 10)).sum(1) + 1e-20)


def _flux(blocks: Iterable[Levels], floor_db: float) -> Iterator[Levels]:
    """Spectral flux `[frames]` of each block, with silence before the first one."""
    before: Levels | None = None
    for block in blocks:
        silence = np.full((_LAG, block.shape[1]), floor_db, np.float32)
        whole = np.concatenate([silence if before is None else before, np.maximum(block, floor_db)])
        before = whole[-_LAG:]
        yield np.sqrt(np.square(_rises(whole)).mean(1))


def _rises(levels: Levels) -> Levels:
    """Rise in dB over the loudest of three neighbouring bands `_LAG` frames before, `[frames - _LAG, bands]`."""
    wide = np.pad(levels[:-_LAG], ((0, 0), (1, 1)), mode="edge")
    loudest = np.maximum(np.maximum(wide[:, :-2], wide[:, 1:-1]), wide[:, 2:])
    return np.maximum(levels[_LAG:] - loudest, 0)


def _peaks(flux: Levels) -> list[int]:
    highest = np.lib.stride_tricks.sliding_window_view(np.pad(flux, _PEAK), 2 * _PEAK + 1).max(1)
    sums = np.cumsum(np.pad(flux, (_BEFORE + 1, _AFTER)), dtype=np.float64)
    width = _BEFORE + _AFTER + 1
    means = (sums[width:] - sums[:-width]) / width
    found: list[int] = []
    for peak in np.flatnonzero((flux >= highest) & (flux >= means + _RISE_DB)).tolist():
        if not found or peak - found[-1] >= _REST:
            found.append(peak)
    return found


def _rise_start(flux: Levels, peak: int) -> int:
    """First frame of the rise that is steepest at `peak`."""
    start = peak
    while start > max(0, peak - _PEAK) and flux[start - 1] >= _RISE_SHARE * flux[peak]:
        start -= 1
    return start
