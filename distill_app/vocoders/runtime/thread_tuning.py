"""How many of torch's threads a network computes with."""

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import torch

_PAYS = 0.9  # of the time that half as many threads take: the least gain worth occupying another processor for
_LIKE = 2.0  # times as long or as short is a piece of work that may be compared
_RUNS, _ENOUGH_SECONDS = 3, 0.02


def cpu_count() -> int:
    return os.cpu_count() or 2


@contextmanager
def torch_threads(threads: int) -> Iterator[None]:
    """Within, torch computes with so many threads; 0 leaves it as it is. Takes less than a microsecond.

    torch keeps the number for each thread that computes, so that others go on with theirs.
    """
    before = torch.get_num_threads()
    torch.set_num_threads(threads or before)
    try:
        yield
    finally:
        torch.set_num_threads(before)


def fastest_threads(run: Callable[[], object], most: int) -> int:
    """What a `ThreadTuner` of `run` finds, for who has to know beforehand."""
    trial = ThreadTuner(most)
    while not trial.done:
        trial.record(trial.threads, 1, _seconds(run, trial.threads))
    return trial.threads


def _seconds(run: Callable[[], object], threads: int) -> float:
    """The least that `run` takes, of a few times where it is short."""
    taken: list[float] = []
    with torch_threads(threads):
        while len(taken) < _RUNS and sum(taken) < _ENOUGH_SECONDS:
            begun = time.perf_counter()
            run()
            taken.append(time.perf_counter() - begun)
    return min(taken)


class ThreadTuner:
    """Finds how many threads are fastest here and now, while they work: 1, 2, 4 …, as long as the next step pays.

    The first pieces of real work are the measurement. A trial at loading would have to be short, and would tell little
    of what takes long: two frames of BigVGAN take 0.5 s, nearly all of it to lay out its weights.

    Args:
        most: how many there may be.
    """

    def __init__(self, most: int) -> None:
        self._most, self._best = most, 1
        self._seconds = 0.0  # per frame, with the best number so far; 0 where none was measured
        self._frames = 0  # of the piece that was measured with
        self._trying = most > 1
        self._warm = False

    @property
    def threads(self) -> int:
        """To be used for the next piece."""
        return 2 * self._best if self._trying and self._seconds else self._best

    @property
    def done(self) -> bool:
        """Whether there is nothing more to find out."""
        return not self._trying

    def record(self, threads: int, frames: int, seconds: float) -> None:
        """What a piece of work took. The very first one, which is slower, and those of another length do not count."""
        if not self._warm:
            self._warm = True
        elif self._trying and not self._seconds:
            self._seconds, self._frames = seconds / frames, frames
        elif self._trying and threads == 2 * self._best and self._is_like(frames):
            self._compare(threads, seconds / frames)

    def _is_like(self, frames: int) -> bool:
        return self._frames / _LIKE <= frames <= self._frames * _LIKE

    def _compare(self, threads: int, seconds: float) -> None:
        self._trying = seconds < _PAYS * self._seconds and 2 * threads <= self._most
        if seconds < _PAYS * self._seconds:
            self._best, self._seconds = threads, seconds
