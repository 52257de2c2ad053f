"""How many of torch's threads a network computes with."""

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import torch

_PAYS = 0.9  # of the time that half as many threads take: the least gain worth occupying another processor for
_RUNS, _ENOUGH_SECONDS = 3, 0.02


def processors() -> int:
    return os.cpu_count() or 2


@contextmanager
def computing_with(threads: int) -> Iterator[None]:
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
    """1, 2, 4 … up to `most` threads, as long as the next step makes `run` faster, beside all else that runs now."""
    run()  # the first time is slower
    threads, seconds = 1, _seconds(run, 1)
    while 2 * threads <= most and (tried := _seconds(run, 2 * threads)) < _PAYS * seconds:
        threads, seconds = 2 * threads, tried
    return threads


def _seconds(run: Callable[[], object], threads: int) -> float:
    """The least that `run` takes, of a few times where it is short."""
    taken: list[float] = []
    with computing_with(threads):
        while len(taken) < _RUNS and sum(taken) < _ENOUGH_SECONDS:
            begun = time.perf_counter()
            run()
            taken.append(time.perf_counter() - begun)
    return min(taken)
