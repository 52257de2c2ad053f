"""Number of threads with which torch computes a network."""

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import torch

_WORTHWHILE = 0.9  # of the time of half as many threads: least gain that justifies occupying more cores
_COMPARABLE = 2.0  # largest ratio between the lengths of two pieces that are compared
_RUNS, _ENOUGH_SECONDS = 3, 0.02
_RENDER_THREADS_MAX = 4


def cpu_count() -> int:
    return os.cpu_count() or 2


@contextmanager
def torch_threads(threads: int) -> Iterator[None]:
    """Context in which torch uses that number of threads in the calling thread; 0 changes nothing. Takes under 1 µs."""
    before = torch.get_num_threads()
    torch.set_num_threads(threads or before)
    try:
        yield
    finally:
        torch.set_num_threads(before)


def fastest_threads(run: Callable[[], object], most: int) -> int:
    """Number of threads, up to `most`, with which `run` is fastest."""
    tuner = ThreadTuner(most)
    while not tuner.done:
        tuner.record(tuner.threads, 1, _seconds(run, tuner.threads))
    return tuner.threads


def _seconds(run: Callable[[], object], threads: int) -> float:
    """Shortest time of a few runs."""
    taken: list[float] = []
    with torch_threads(threads):
        while len(taken) < _RUNS and sum(taken) < _ENOUGH_SECONDS:
            started = time.perf_counter()
            run()
            taken.append(time.perf_counter() - started)
    return min(taken)


class ThreadTuner:
    """Finds the fastest number of threads while they work: 1, 2, 4 …, as long as doubling is worthwhile.

    It measures the first pieces of real work. A trial when loading would be too short to predict long ones: two frames
    of BigVGAN take 0.5 s, nearly all of it for laying out weights.

    Args:
        most: largest number of threads.
    """

    def __init__(self, most: int) -> None:
        self._most, self._best = most, 1
        self._seconds = 0.0  # per frame, with the best number so far; 0 before the first measurement
        self._frames = 0  # of the measured piece
        self._active = most > 1
        self._warm = False

    @property
    def threads(self) -> int:
        """Number of threads for the next piece."""
        return 2 * self._best if self._active and self._seconds else self._best

    @property
    def done(self) -> bool:
        """Whether the number is final."""
        return not self._active

    def record(self, threads: int, frames: int, seconds: float) -> None:
        """Add a measurement. The first one, which is slower, and pieces of another length are ignored."""
        if not self._warm:
            self._warm = True
        elif self._active and not self._seconds:
            self._seconds, self._frames = seconds / frames, frames
        elif self._active and threads == 2 * self._best and self._is_comparable(frames):
            self._compare(threads, seconds / frames)

    def _is_comparable(self, frames: int) -> bool:
        return self._frames / _COMPARABLE <= frames <= self._frames * _COMPARABLE

    def _compare(self, threads: int, seconds: float) -> None:
        self._active = seconds < _WORTHWHILE * self._seconds and 2 * threads <= self._most
        if seconds < _WORTHWHILE * self._seconds:
            self._best, self._seconds = threads, seconds


def choose_threads() -> None:
    """Set torch's threads to half of the cores, at most four; to be called once, before any render.

    The operations of a render are small, so that more threads gain little. On a busy core they wait for each other: on
    two cores with one busy, two threads took 4.4 to 7.5 s for what one thread did in 0.8 s.
    """
    torch.set_num_threads(min(_RENDER_THREADS_MAX, max(1, cpu_count() // 2)))
