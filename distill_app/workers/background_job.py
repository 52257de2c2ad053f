"""A long job in a thread of its own, so that the worker can go on answering the hand."""

import threading
from collections.abc import Generator, Iterator
from typing import Generic, TypeVar

import numpy as np

from distill_app.dsp.sound import Samples

T = TypeVar("T")
_LOOK_SECONDS = 0.02


def run_in_background(job: Generator[float, None, T], before: threading.Lock) -> Generator[float, None, T]:
    """The same steps, done elsewhere: yields every 20 ms how far it is, and returns what it returns.

    Closed half way, it asks the job to stop, which happens at its next step, and does not wait for that.

    Args:
        before: held while it works, so that of several such jobs one works at a time.
    """
    runner = _Runner(job, before)
    runner.start()
    try:
        while not runner.over.wait(_LOOK_SECONDS):
            yield runner.fraction
    finally:
        runner.wanted = False
    return runner.result()


def stream_in_background(blocks: Iterator[Samples], before: threading.Lock) -> Generator[Samples, None, None]:
    """The same blocks, each made elsewhere, and every 20 ms an empty one while it is awaited.

    Between two blocks another job may go first.
    """
    while (block := (yield from _awaited(run_in_background(_next(blocks), before)))) is not None:
        yield block


def _next(blocks: Iterator[Samples]) -> Generator[float, None, Samples | None]:
    yield 0.0
    return next(blocks, None)


def _awaited(job: Generator[float, None, Samples | None]) -> Generator[Samples, None, Samples | None]:
    try:
        while True:
            next(job)
            yield np.zeros(0, np.float32)
    except StopIteration as end:
        return end.value
    finally:
        job.close()


def is_any_running() -> bool:
    """Whether such a job still works, or has not come to the step where it stops."""
    return any(isinstance(thread, _Runner) for thread in threading.enumerate())


class _Runner(threading.Thread, Generic[T]):
    def __init__(self, job: Generator[float, None, T], before: threading.Lock) -> None:
        super().__init__(name="distill-behind", daemon=True)
        self.fraction = 0.0
        self.wanted = True
        self.over = threading.Event()
        self._job, self._before = job, before
        self._result: list[T] = []
        self._error: Exception | None = None

    def result(self) -> T:
        """What the job returned. Raises what it raised."""
        if self._error is not None:
            raise self._error
        return self._result[0]

    def run(self) -> None:
        try:
            with self._before:
                self._work()
        except Exception as error:  # noqa: BLE001 - it is raised where the result is asked for
            self._error = error
        self.over.set()

    def _work(self) -> None:
        while self.wanted:
            try:
                self.fraction = next(self._job)
            except StopIteration as end:
                self._result.append(end.value)
                return
        self._job.close()
