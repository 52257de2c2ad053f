"""Where the windows of a recording begin that is learned from as one-shots: with its sounds."""

import math
from bisect import bisect
from collections.abc import Sequence

from torch import Tensor

from distill_app.corpus.mel_sources import Mel, MemoryMel, blocks
from distill_app.dsp.onsets import onsets
from distill_app.models.window import LEAD_FRAMES

_DB_PER_NAT = 20 / math.log(10)
_NEAR_FRAMES = 3


def window_starts(mel: Mel, grid: Sequence[int] = ()) -> tuple[int, ...]:
    """Frames of a log-mel, ascending; its first one where it has no onset, as what swells.

    Args:
        grid: frames, ascending, at which windows begin that lie right around their onsets; one of them is taken where
            it is near.
    """
    found = (max(0, frame - LEAD_FRAMES) for frame in _onset_frames(mel))
    return tuple(sorted({_nearest(frame, grid) for frame in found})) or (0,)


def onset_frames(mel: Tensor) -> list[int]:
    """Frames of a log-mel `[bands, frames]` in which a sound begins."""
    return _onset_frames(MemoryMel(mel))


def _onset_frames(mel: Mel) -> list[int]:
    return onsets(lambda: ((block.T * _DB_PER_NAT).numpy() for block in blocks(mel)))


def _nearest(frame: int, grid: Sequence[int]) -> int:
    place = bisect(grid, frame)
    nearest = min(grid[max(0, place - 1) : place + 1], key=lambda each: abs(each - frame), default=frame)
    return nearest if abs(nearest - frame) <= _NEAR_FRAMES else frame
