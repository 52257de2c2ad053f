"""Comparison of recordings with the played samples, on a computer that may be too busy to play without gaps.

A device that underflows plays silence, and a sound server may lose samples there. Only runs of consecutive samples are
compared.
"""

import numpy as np

from distill_app.dsp.sound import Samples

PIECE = 4_410
"""Number of samples compared at a time."""
_HEAD = 64  # number of samples by which a piece is located
_SILENT = 8  # number of consecutive samples that may be zero within a sound


def segments(heard: Samples) -> list[Samples]:
    """Parts of a mono recording `[n]` between silences."""
    sounding = np.flatnonzero(heard)
    ends = np.flatnonzero(np.diff(sounding) > _SILENT)
    return [heard[run[0] : run[-1] + 1] for run in np.split(sounding, ends + 1)]


def pieces(heard: Samples) -> list[Samples]:
    """Segments without their edges, in pieces `[PIECE]`."""
    return [
        segment[start : start + PIECE]
        for segment in segments(heard)
        for start in range(_HEAD, len(segment) - PIECE, PIECE)
    ]


def difference(piece: Samples, sent: Samples) -> float:
    """Largest difference to the part of `sent` that begins as the piece does; infinite if there is none."""
    starts = np.flatnonzero(sent[: len(sent) - len(piece)] == piece[0])
    places = [start for start in starts if np.array_equal(sent[start : start + _HEAD], piece[:_HEAD])]
    return min((float(np.abs(sent[start : start + len(piece)] - piece).max()) for start in places), default=np.inf)
