"""Split of a few recordings into training, validation and test material.

No training sample is held out, as in `distill_app.corpus.split`:

* of every long recording a fifth is held out, at its start, its end or its middle;
* every fifth of the short ones is held out whole;
* if that yields nothing, the last fifth of the longest one is.

Held-out material is cut into excerpts, alternately for test and validation: the network is selected on the validation
excerpts and reported on the others.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from distill_app.training.vocoder.recordings import Piece

HELD_OUT_ONE_IN = 5
LONG_SECONDS, EXCERPT_SECONDS = 4.0, 0.75
_GAP_SECONDS = 0.05
"""Longer than the mel's window, of which a frame at the border sees either side."""


@dataclass(frozen=True)
class VocoderSplit:
    """Pieces for training, and excerpts of held-out pieces for validation and test."""

    train: tuple[Piece, ...]
    validation: tuple[Piece, ...]
    test: tuple[Piece, ...]


def split_recordings(pieces: Sequence[Piece], sample_rate: int, seed: int) -> VocoderSplit:
    """Split of the pieces, reproducible for the same pieces and seed."""
    random = np.random.default_rng(seed)
    train: list[Piece] = []
    held_out: list[Piece] = []
    long = [piece for piece in pieces if piece.length >= LONG_SECONDS * sample_rate]
    short = [piece for piece in pieces if piece.length < LONG_SECONDS * sample_rate]
    chosen = set(random.permutation(len(short))[: len(short) // HELD_OUT_ONE_IN].tolist())
    for piece in long:
        inside, outside = _split_piece(piece, round(_GAP_SECONDS * sample_rate), int(random.integers(3)))
        held_out.append(inside)
        train += outside
    for number, piece in enumerate(short):
        (held_out if number in chosen else train).append(piece)
    if not held_out:
        longest = max(train, key=lambda piece: piece.length)
        inside, outside = _split_piece(longest, round(_GAP_SECONDS * sample_rate), 2)
        train = [piece for piece in train if piece != longest] + outside
        held_out = [inside]
    excerpts = [excerpt for piece in held_out for excerpt in _excerpts(piece, sample_rate)]
    return VocoderSplit(tuple(train), *_alternate(excerpts))


def _split_piece(piece: Piece, gap: int, place: int) -> tuple[Piece, list[Piece]]:
    """A fifth of the piece at its start, middle or end (`place` 0, 1 or 2), and the remaining parts."""
    length = max(1, piece.length // HELD_OUT_ONE_IN)
    start = (0, (piece.length - length) // 2, piece.length - length)[place]
    gap = min(gap, length // 2)
    sides = [(0, start - gap), (start + length + gap, piece.length)]
    return _cut(piece, start, start + length), [_cut(piece, *side) for side in sides if side[1] > side[0]]


def _cut(piece: Piece, start: int, stop: int) -> Piece:
    return replace(piece, start=piece.start + start, length=stop - start)


def _excerpts(piece: Piece, sample_rate: int) -> list[Piece]:
    """Excerpts of nearly equal length; one that is too short to be measured is padded with silence later."""
    count = max(1, round(piece.length / (EXCERPT_SECONDS * sample_rate)))
    edges = [round(number * piece.length / count) for number in range(count + 1)]
    return [_cut(piece, start, stop) for start, stop in pairwise(edges)]


def _alternate(excerpts: list[Piece]) -> tuple[tuple[Piece, ...], tuple[Piece, ...]]:
    """Validation and test excerpts in turn; a single excerpt is halved."""
    if len(excerpts) == 1:
        middle = excerpts[0].length // 2
        excerpts = [_cut(excerpts[0], 0, middle), _cut(excerpts[0], middle, excerpts[0].length)]
    return tuple(excerpts[1::2]), tuple(excerpts[::2])
