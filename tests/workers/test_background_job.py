"""Jobs run in threads, report progress and results, and can be cancelled."""

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
"""Lets one step run for each release, so that events before a release cannot have waited for the step."""


def counting(steps: list[int], total: int, gate: Gate | None = None) -> Generator[float, None, str]:
    """Counts to `total`; each step waits for the gate."""
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


def test_returns_the_result_and_yields_the_progress() -> None:
    gate, steps = Gate(5), list[int]()
    job = run_in_background(counting(steps, 10, gate), threading.Lock())
    fractions = list(itertools.takewhile(lambda fraction: fraction < 0.5, job))
    assert fractions == sorted(fractions)
    assert steps == list(range(5))
    gate.release(5)
    assert exhausted(job)[1] == "done"
    assert steps == list(range(10))


def test_progress_is_yielded_while_a_step_runs() -> None:
    gate, steps = Gate(0), list[int]()
    job = run_in_background(counting(steps, 1, gate), threading.Lock())
    assert [next(job) for _ in range(3)] == [0.0] * 3
    assert not steps
    gate.release()
    assert exhausted(job)[1] == "done"


def test_a_closed_job_stops_at_its_next_step() -> None:
    gate, steps, lock = Gate(0), list[int](), threading.Lock()
    job = run_in_background(counting(steps, 1000, gate), lock)
    next(job)
    job.close()
    gate.release(1000)
    with lock:
        assert len(steps) <= 1


def test_two_jobs_with_one_lock_run_one_after_another() -> None:
    gate, steps, lock = Gate(0), list[int](), threading.Lock()
    first, second = run_in_background(counting(steps, 5, gate), lock), run_in_background(counting(steps, 5), lock)
    next(first)
    gate.release(5)
    exhausted(second)
    exhausted(first)
    assert steps in ([0, 1, 2, 3, 4] * 2,)


def test_raises_the_error_of_the_job() -> None:
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


def test_streamed_blocks_are_equal_and_empty_ones_come_before() -> None:
    made, gate = list[int](), Gate(0)
    blocks = stream_in_background(ramp(3, made, gate), threading.Lock())
    assert [len(next(blocks)) for _ in range(3)] == [0, 0, 0]
    assert not made
    gate.release(3)
    np.testing.assert_array_equal(np.concatenate(list(blocks)), np.repeat(np.arange(3, dtype=np.float32), 10))
    assert threading.get_ident() not in made


def test_another_job_can_run_between_two_blocks() -> None:
    lock, made, steps, gate = threading.Lock(), list[int](), list[int](), Gate(1)
    blocks = stream_in_background(ramp(10, made, gate), lock)
    while not len(next(blocks)):
        pass
    assert exhausted(run_in_background(counting(steps, 3), lock))[1] == "done"
    assert (len(steps), len(made)) == (3, 1)
    gate.release(9)
    assert sum(map(len, blocks)) == 90


def test_a_closed_stream_makes_no_more_blocks() -> None:
    made, gate, lock = list[int](), Gate(0), threading.Lock()
    blocks = stream_in_background(ramp(10, made, gate), lock)
    next(blocks)
    blocks.close()
    gate.release(10)
    with lock:
        assert len(made) <= 1


def test_an_error_in_the_stream_is_raised() -> None:
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


def test_jobs_run_in_order_and_call_back_in_this_thread(qtbot: QtBot, jobs: BackgroundJobs) -> None:
    results, callers, progress = list[str](), list[int](), list[float]()
    jobs.add(counting([], 3), results.append, on_progress=progress.append)
    jobs.add(single_step(lambda: "second"), results.append)
    jobs.add(single_step(threading.get_ident), callers.append)
    qtbot.waitUntil(lambda: bool(callers), timeout=100_000)
    assert results == ["done", "second"]
    assert progress == [1 / 3, 2 / 3, 1.0]
    assert callers != [threading.get_ident()]


def test_cancelled_jobs_stop_without_callbacks(qtbot: QtBot, jobs: BackgroundJobs) -> None:
    gate, steps, results = Gate(0), list[int](), list[str]()
    jobs.add(counting(steps, 1000, gate), results.append)
    jobs.add(single_step(lambda: "waiting"), results.append)
    jobs.cancel()
    gate.release(1000)
    jobs.add(single_step(lambda: "newest"), results.append)
    qtbot.waitUntil(lambda: bool(results), timeout=100_000)
    assert results == ["newest"]
    assert len(steps) <= 1


def test_an_error_is_reported_as_a_sentence(qtbot: QtBot, jobs: BackgroundJobs) -> None:
    def fail() -> None:
        raise DistillError("The disk is full.")

    sentences: list[str] = []
    jobs.add(single_step(fail), on_error=sentences.append)
    qtbot.waitUntil(lambda: bool(sentences), timeout=100_000)
    assert sentences == ["The disk is full."]
