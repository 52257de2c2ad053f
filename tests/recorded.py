"""Comparison of recordings with what was played, on a computer that may be too busy to play without gaps.

A device that underflows plays silence, and a sound server may lose samples there: only runs of consecutive
samples are compared with what was sent.
"""

import numpy as np

from distill_app.dsp.sound import Samples

PIECE = 4_410
"""Number of samples that are compared at a time."""
_HEAD = 64  # samples by which a piece is found
_SILENT = 8  # samples in a row that may be zero by themselves


def segments(heard: Samples) -> list[Samples]:
    """Parts of a mono recording `[n]` between silences."""
    sounding = np.flatnonzero(heard)
    ends = np.flatnonzero(np.diff(sounding) > _SILENT)
    return [heard[run[0] : run[-1] + 1] for run in np.split(sounding, ends + 1)]


def pieces(heard: Samples) -> list[Samples]:
    """All of the segments but their edges, in pieces `[PIECE]`."""
    return [
        segment[start : start + PIECE]
        for segment in segments(heard)
        for start in range(_HEAD, len(segment) - PIECE, PIECE)
    ]


def difference(piece: Samples, sent: Samples) -> float:
    """Largest difference from the place of `sent` that begins as the piece does; infinite where none does."""
    starts = np.flatnonzero(sent[: len(sent) - len(piece)] == piece[0])
    places = [start for start in starts if np.array_equal(sent[start : start + _HEAD], piece[:_HEAD])]
    return min((float(np.abs(sent[start : start + len(piece)] - piece).max()) for start in places), default=np.inf)
