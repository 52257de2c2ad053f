"""A job done behind gives what it would give in front, and can be given up."""

import threading
import time
from collections.abc import Generator

import pytest

from distill_app.engine.behind import run_behind


def counting(steps: list[int], total: int, seconds: float = 0.01) -> Generator[float, None, str]:
    for number in range(total):
        time.sleep(seconds)
        steps.append(number)
        yield (number + 1) / total
    return "done"


def exhausted(job: Generator[float, None, str]) -> tuple[list[float], str]:
    fractions = []
    while True:
        try:
            fractions.append(next(job))
        except StopIteration as end:
            return fractions, end.value


def test_returns_what_the_job_returns_and_says_how_far_it_is() -> None:
    steps: list[int] = []
    fractions, result = exhausted(run_behind(counting(steps, 10), threading.Lock()))
    assert result == "done"
    assert steps == list(range(10))
    assert fractions == sorted(fractions)
    assert fractions[-1] > 0


def test_each_look_returns_soon_though_a_step_takes_long() -> None:
    job = run_behind(counting([], 1, 0.5), threading.Lock())
    begun = time.monotonic()
    next(job)
    assert time.monotonic() - begun < 0.3
    job.close()


def test_given_up_it_stops_at_its_next_step() -> None:
    steps: list[int] = []
    lock = threading.Lock()
    job = run_behind(counting(steps, 1000), lock)
    next(job)
    job.close()
    with lock:
        done = len(steps)
    assert done < 50
    time.sleep(0.05)
    assert len(steps) == done


def test_of_two_one_works_at_a_time() -> None:
    steps: list[int] = []
    lock = threading.Lock()
    first, second = run_behind(counting(steps, 5), lock), run_behind(counting(steps, 5), lock)
    next(first)
    exhausted(second)
    exhausted(first)
    assert steps in ([0, 1, 2, 3, 4] * 2,)


def test_raises_what_the_job_raised() -> None:
    def failing() -> Generator[float, None, str]:
        yield 0.5
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        exhausted(run_behind(failing(), threading.Lock()))
