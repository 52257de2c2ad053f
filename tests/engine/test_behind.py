"""A job done behind gives what it would give in front, and can be given up."""

import threading
import time
from collections.abc import Generator, Iterator

import numpy as np
import pytest

from distill_app.dsp.sound import Samples
from distill_app.engine.behind import blocks_behind, run_behind


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
    job = run_behind(counting([], 1, 2.0), threading.Lock())
    begun = time.monotonic()
    next(job)
    assert time.monotonic() - begun < 1.5
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


def ramp(pieces: int, made: list[int], seconds: float = 0.1) -> Iterator[Samples]:
    for number in range(pieces):
        time.sleep(seconds)
        made.append(threading.get_ident())
        yield np.full(10, number, np.float32)


def test_blocks_made_behind_are_the_same_and_each_look_returns_soon() -> None:
    made: list[int] = []
    looks, blocks = [time.monotonic()], []
    for block in blocks_behind(ramp(3, made, 1.5), threading.Lock()):
        blocks.append(block)
        looks.append(time.monotonic())
    np.testing.assert_array_equal(np.concatenate(blocks), np.repeat(np.arange(3, dtype=np.float32), 10))
    assert threading.get_ident() not in made
    assert max(np.diff(looks)) < 1.2


def test_between_two_blocks_another_job_goes_first() -> None:
    lock, made, steps = threading.Lock(), list[int](), list[int]()
    blocks = blocks_behind(ramp(10, made), lock)
    next(blocks)
    exhausted(run_behind(counting(steps, 3), lock))
    assert len(steps) == 3
    assert len(made) < 3
    assert sum(map(len, blocks)) == 100


def test_blocks_given_up_are_made_no_more() -> None:
    made: list[int] = []
    blocks = blocks_behind(ramp(10, made, 0.05), threading.Lock())
    next(blocks)
    blocks.close()
    time.sleep(0.2)
    assert len(made) <= 1


def test_what_fails_behind_fails_here() -> None:
    def failing() -> Iterator[Samples]:
        yield np.zeros(3, np.float32)
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        list(blocks_behind(failing(), threading.Lock()))
