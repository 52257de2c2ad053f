"""A job gives the same result in a thread as without one, and can be cancelled."""

import itertools
import threading
from collections.abc import Generator, Iterator

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from distill_app.common.errors import DistillError
from distill_app.dsp.sound import Samples
from distill_app.workers.background_job import BackgroundJobs, run_in_background, single_step, stream_in_background

Gate = threading.Semaphore
"""Lets as many steps through as it was released for: what happens before a release cannot have waited for the step."""


def counting(steps: list[int], total: int, gate: Gate | None = None) -> Generator[float, None, str]:
    """Counts to `total`, each step as soon as the gate lets it."""
    for number in range(total):
        if gate is not None:
            gate.acquire()
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
    gate, steps = Gate(5), list[int]()
    job = run_in_background(counting(steps, 10, gate), threading.Lock())
    fractions = list(itertools.takewhile(lambda fraction: fraction < 0.5, job))
    assert fractions == sorted(fractions)
    assert steps == list(range(5))
    gate.release(5)
    assert exhausted(job)[1] == "done"
    assert steps == list(range(10))


def test_a_look_returns_though_a_step_has_not_ended() -> None:
    gate, steps = Gate(0), list[int]()
    job = run_in_background(counting(steps, 1, gate), threading.Lock())
    assert [next(job) for _ in range(3)] == [0.0] * 3
    assert not steps
    gate.release()
    assert exhausted(job)[1] == "done"


def test_given_up_it_stops_at_its_next_step() -> None:
    gate, steps, lock = Gate(0), list[int](), threading.Lock()
    job = run_in_background(counting(steps, 1000, gate), lock)
    next(job)
    job.close()
    gate.release(1000)
    with lock:
        assert len(steps) <= 1


def test_of_two_one_works_at_a_time() -> None:
    gate, steps, lock = Gate(0), list[int](), threading.Lock()
    first, second = run_in_background(counting(steps, 5, gate), lock), run_in_background(counting(steps, 5), lock)
    next(first)
    gate.release(5)
    exhausted(second)
    exhausted(first)
    assert steps in ([0, 1, 2, 3, 4] * 2,)


def test_raises_what_the_job_raised() -> None:
    def failing() -> Generator[float, None, str]:
        yield 0.5
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        exhausted(run_in_background(failing(), threading.Lock()))


def ramp(pieces: int, made: list[int], gate: Gate) -> Iterator[Samples]:
    for number in range(pieces):
        gate.acquire()
        made.append(threading.get_ident())
        yield np.full(10, number, np.float32)


def test_blocks_made_behind_are_the_same_and_looks_return_empty_before() -> None:
    made, gate = list[int](), Gate(0)
    blocks = stream_in_background(ramp(3, made, gate), threading.Lock())
    assert [len(next(blocks)) for _ in range(3)] == [0, 0, 0]
    assert not made
    gate.release(3)
    np.testing.assert_array_equal(np.concatenate(list(blocks)), np.repeat(np.arange(3, dtype=np.float32), 10))
    assert threading.get_ident() not in made


def test_between_two_blocks_another_job_goes_first() -> None:
    lock, made, steps, gate = threading.Lock(), list[int](), list[int](), Gate(1)
    blocks = stream_in_background(ramp(10, made, gate), lock)
    while not len(next(blocks)):
        pass
    assert exhausted(run_in_background(counting(steps, 3), lock))[1] == "done"
    assert (len(steps), len(made)) == (3, 1)
    gate.release(9)
    assert sum(map(len, blocks)) == 90


def test_blocks_given_up_are_made_no_more() -> None:
    made, gate, lock = list[int](), Gate(0), threading.Lock()
    blocks = stream_in_background(ramp(10, made, gate), lock)
    next(blocks)
    blocks.close()
    gate.release(10)
    with lock:
        assert len(made) <= 1


def test_what_fails_behind_fails_here() -> None:
    def failing() -> Iterator[Samples]:
        yield np.zeros(3, np.float32)
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        list(stream_in_background(failing(), threading.Lock()))


@pytest.fixture
def jobs(qtbot: QtBot) -> Iterator[BackgroundJobs]:
    jobs = BackgroundJobs("test")
    yield jobs
    jobs.close()


def test_jobs_run_in_their_order_and_answer_in_this_thread(qtbot: QtBot, jobs: BackgroundJobs) -> None:
    results, callers, progress = list[str](), list[int](), list[float]()
    jobs.add(counting([], 3), results.append, on_progress=progress.append)
    jobs.add(single_step(lambda: "second"), results.append)
    jobs.add(single_step(threading.get_ident), callers.append)
    qtbot.waitUntil(lambda: bool(callers), timeout=10_000)
    assert results == ["done", "second"]
    assert progress == [1 / 3, 2 / 3, 1.0]
    assert callers != [threading.get_ident()]


def test_cancelled_jobs_stop_and_do_not_answer(qtbot: QtBot, jobs: BackgroundJobs) -> None:
    gate, steps, results = Gate(0), list[int](), list[str]()
    jobs.add(counting(steps, 1000, gate), results.append)
    jobs.add(single_step(lambda: "waiting"), results.append)
    jobs.cancel()
    gate.release(1000)
    jobs.add(single_step(lambda: "newest"), results.append)
    qtbot.waitUntil(lambda: bool(results), timeout=10_000)
    assert results == ["newest"]
    assert len(steps) <= 1


def test_an_error_is_a_sentence(qtbot: QtBot, jobs: BackgroundJobs) -> None:
    def fail() -> None:
        raise DistillError("The disk is full.")

    sentences: list[str] = []
    jobs.add(single_step(fail), on_error=sentences.append)
    qtbot.waitUntil(lambda: bool(sentences), timeout=10_000)
    assert sentences == ["The disk is full."]
