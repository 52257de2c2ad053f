"""Validation and test parts are never trained on, however few recordings there are."""

from itertools import combinations
from pathlib import Path

import pytest

from distill_app.training.vocoder.recordings import Piece
from distill_app.training.vocoder.split import EXCERPT_SECONDS, split_recordings

RATE = 44_100


def pieces(*seconds: float) -> list[Piece]:
    """One file each."""
    return [Piece(Path(f"{n}.int16"), 0, round(each * RATE), 1e-4) for n, each in enumerate(seconds)]


CORPORA = [(1.0,), (30.0,), (1.0,) * 5, (0.3,) * 20, (60.0, 60.0, 12.5), (5.0, 0.5, 0.5, 0.5)]


@pytest.mark.parametrize("seconds", CORPORA)
@pytest.mark.parametrize("seed", range(3))
def test_no_sample_is_in_two_parts(seconds: tuple[float, ...], seed: int) -> None:
    parts = split_recordings(pieces(*seconds), RATE, seed)
    sides = [parts.train, parts.validation, parts.test]
    assert all(sides)
    for one, other in combinations(sides, 2):
        for first in one:
            assert not any(_overlap(first, second) for second in other)
    held_out = sum(piece.length for side in sides[1:] for piece in side)
    assert 0.03 < held_out / sum(round(each * RATE) for each in seconds) < 0.5


def _overlap(one: Piece, other: Piece) -> bool:
    return (
        one.file == other.file
        and one.start < other.start + other.length
        and other.start < one.start + one.length
        and min(one.length, other.length) > 0
    )


def test_long_recordings_are_cut_into_excerpts_of_about_the_same_length() -> None:
    parts = split_recordings(pieces(60.0), RATE, 0)
    lengths = [piece.length / RATE for piece in (*parts.validation, *parts.test)]
    assert len(lengths) == pytest.approx(12 / EXCERPT_SECONDS, abs=1)
    assert min(lengths) == pytest.approx(max(lengths), rel=0.01)


def test_the_same_seed_divides_the_same() -> None:
    corpus = pieces(*(1.0 + 0.1 * n for n in range(20)))
    assert split_recordings(corpus, RATE, 1) == split_recordings(corpus, RATE, 1)
    assert split_recordings(corpus, RATE, 1) != split_recordings(corpus, RATE, 2)
