"""Onsets are where sounds begin, and nowhere else."""

from collections.abc import Iterable

import numpy as np
import pytest

from distill_app.dsp.onsets import Levels, onsets

FLOOR_DB = -100.0


def hits(frames: int, *starts: int, bands: int = 40, decay_db: float = 2.0) -> Levels:
    """Sounds that begin at once and fall by so many dB a frame."""
    levels = np.full((frames, bands), FLOOR_DB, np.float32)
    for start in starts:
        fall = -decay_db * np.arange(frames - start, dtype=np.float32)[:, None]
        levels[start:] = np.maximum(levels[start:], fall)
    return levels


def found(levels: Levels, size: int = 10_000) -> list[int]:
    def read() -> Iterable[Levels]:
        return (levels[at : at + size] for at in range(0, len(levels), size))

    return onsets(read)


@pytest.mark.parametrize("size", [1, 7, 64, 10_000])
def test_every_hit_is_found_where_it_begins_however_the_sound_is_cut(size: int) -> None:
    starts = [0, 20, 28, 150, 290]
    assert found(hits(300, *starts), size) == starts


def test_a_kick_in_few_bands_is_an_onset() -> None:
    levels = np.full((100, 128), FLOOR_DB, np.float32)
    levels[30:, 3:9] = -2.0 * np.arange(70, dtype=np.float32)[:, None]
    assert found(levels) == [30]


def test_what_rises_over_seconds_and_what_only_hisses_begins_nothing() -> None:
    random = np.random.default_rng(0)
    swell = np.linspace(-80, 0, 400, dtype=np.float32)[:, None].repeat(40, 1)
    hiss = random.normal(-20, 4, (400, 128)).astype(np.float32)
    assert found(np.concatenate([swell, swell[-1:].repeat(100, 0)])) == []
    assert found(hiss)[1:] == []


def test_hiss_between_hits_is_no_hit() -> None:
    random = np.random.default_rng(0)
    hiss = random.normal(-66, 4, (300, 40)).astype(np.float32)
    assert found(np.maximum(hits(300, 20, 160), hiss)) == [20, 160]


def test_a_vibrato_is_one_sound() -> None:
    levels = np.full((400, 128), FLOOR_DB, np.float32)
    place = 40 + np.rint(1.4 * np.sin(np.arange(380) / 5)).astype(int)
    levels[np.arange(20, 400), place] = 0
    levels[np.arange(20, 400), place + 1] = -3
    assert found(levels) == [20]


def test_a_sound_that_is_cut_off_ends_and_begins_nothing() -> None:
    levels = np.full((300, 40), FLOOR_DB, np.float32)
    levels[20:200, 10] = 0
    levels[200:202] = -25  # the click of the cut
    assert found(levels) == [20]
    levels[202:, 20] = -3
    assert found(levels) == [20, 200]
    assert found(levels[:202]) == [20]


def test_nothing_has_no_onsets() -> None:
    assert found(np.zeros((0, 40), np.float32)) == []
