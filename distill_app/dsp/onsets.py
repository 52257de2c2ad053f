"""Where sounds begin. numpy only.

Spectral flux with a maximum filter over the bands, and its peaks: Böck and Widmer, "Maximum filter vibrato suppression
for onset detection", DAFx 2013. Here the flux is the root mean square rise over the bands in dB, so that a kick, which
rises in few of them, counts; what is far below the loudest frame counts as silence, so that hiss does not; and an onset
is moved from the peak to the frame in which the rise begins.
"""

from collections.abc import Callable, Iterable, Iterator

import numpy as np
from numpy.typing import NDArray

Levels = NDArray[np.float32]
"""Level of each band in dB, `[frames, bands]`; about 86 frames a second (hop 512 at 44.1 kHz)."""

_RANGE_DB = 60.0
_LAG = 2
_RISE_DB = 4.0
"""By which the flux has to stand out of its neighbourhood."""
_HEARD_DB = 30.0
"""A sound that stays so far below the loudest one begins nothing."""
_DROP_DB = 24.0
"""By which a sound that ends falls within some frames, and one that another one joins does not."""
_PEAK, _BEFORE, _AFTER, _REST = 3, 9, 6, 6
"""Frames: of the maximum on both sides, of the mean before and after, and least between two onsets."""
_STEEP = 0.2


def onsets(read: Callable[[], Iterable[Levels]]) -> list[int]:
    """Frames in which a sound begins, ascending.

    Args:
        read: the levels from the beginning, block after block; called twice, so that no more than a block is needed in
            memory.
    """
    loud = np.concatenate([np.zeros(0, np.float32), *(_loudness(block) for block in read())])
    if not len(loud):
        return []
    flux = np.concatenate(list(_flux(read(), float(loud.max()) - _RANGE_DB)))
    heard = (peak for peak in _peaks(flux) if _begins(loud, peak))
    return sorted({_beginning(flux, peak) for peak in heard})


def _begins(loud: Levels, peak: int) -> bool:
    """Whether there is a sound after it, and not only the click of one that is cut off."""
    after = loud[peak + _LAG : peak + _AFTER].max(initial=-np.inf)
    before = loud[max(0, peak - _AFTER) : max(0, peak - _LAG)].max(initial=-np.inf)
    return bool(loud[peak : peak + _AFTER].max() >= loud.max() - _HEARD_DB and after >= before - _DROP_DB)


def _loudness(levels: Levels) -> Levels:
    """dB of the bands' sum, `[frames]`."""
    return 10 * np.log10((10 ** (levels / 10)).sum(1) + 1e-20)


def _flux(blocks: Iterable[Levels], floor_db: float) -> Iterator[Levels]:
    """`[frames]` of each block, after silence."""
    before: Levels | None = None
    for block in blocks:
        silence = np.full((_LAG, block.shape[1]), floor_db, np.float32)
        whole = np.concatenate([silence if before is None else before, np.maximum(block, floor_db)])
        before = whole[-_LAG:]
        yield np.sqrt(np.square(_rises(whole)).mean(1))


def _rises(levels: Levels) -> Levels:
    """dB over the loudest of three neighbouring bands, `_LAG` frames before, `[frames - _LAG, bands]`."""
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


def _beginning(flux: Levels, peak: int) -> int:
    """The first frame of the rise that is steepest at `peak`."""
    start = peak
    while start > max(0, peak - _PEAK) and flux[start - 1] >= _STEEP * flux[peak]:
        start -= 1
    return start
