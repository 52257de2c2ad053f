"""Long jobs in threads of their own. A job is a generator: each `yield` is progress and a place to stop."""

import logging
import threading
from collections import deque
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import numpy as np
from PySide6.QtCore import QObject, Signal

from distill_app.common.errors import DistillError
from distill_app.common.logging_setup import unexpected_error_message
from distill_app.dsp.sound import Samples

T = TypeVar("T")
Job = Generator[Any, None, Any]
_POLL_SECONDS = 0.02

_log = logging.getLogger(__name__)


def ignore(_value: object) -> None:
    """Callback that does nothing."""


@dataclass(eq=False)
class _Task:
    """A job of `BackgroundJobs` and its callbacks."""

    job: Job
    on_result: Callable[[Any], object]
    on_error: Callable[[str], object]
    on_progress: Callable[[Any], object]
    cancelled: bool = False


class BackgroundJobs(QObject):
    """Runs jobs one after another in a thread that ends when there are none.

    Callbacks run in the thread of this object; those of cancelled jobs are not called.

    Args:
        name: of the thread.
    """

    _posted = Signal(object, object, object)

    def __init__(self, name: str, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._name = name
        self._lock = threading.Lock()
        self._waiting: deque[_Task] = deque()
        self._current: _Task | None = None
        self._thread: threading.Thread | None = None
        self._posted.connect(self._on_posted)

    def add(
        self,
        job: Job,
        on_result: Callable[[Any], object] = ignore,
        on_error: Callable[[str], object] = ignore,
        on_progress: Callable[[Any], object] = ignore,
    ) -> None:
        """Runs a job after those that wait.

        Args:
            on_result: called with what the job returns.
            on_error: called with a sentence for the user where it raises.
            on_progress: called with each value that it yields but None.
        """
        with self._lock:
            self._waiting.append(_Task(job, on_result, on_error, on_progress))
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name=self._name, daemon=True)
                self._thread.start()

    def cancel(self) -> None:
        """Drops the jobs that wait, and stops the one under way at its next step."""
        with self._lock:
            for task in [*self._waiting, *([self._current] if self._current else [])]:
                task.cancelled = True
            self._waiting.clear()

    def close(self) -> None:
        """Cancels, and waits for the step under way."""
        self.cancel()
        thread = self._thread
        if thread is not None:
            thread.join()

    def _run(self) -> None:
        while (task := self._next()) is not None:
            try:
                self._posted.emit(task, task.on_result, self._run_steps(task))
            except DistillError as error:
                self._posted.emit(task, task.on_error, str(error))
            except Exception as error:  # noqa: BLE001 - a sentence for the user, the trace in the log
                _log.exception("%s", self._name)
                self._posted.emit(task, task.on_error, unexpected_error_message(error))

    def _next(self) -> _Task | None:
        with self._lock:
            self._current = self._waiting.popleft() if self._waiting else None
            if self._current is None:
                self._thread = None
            return self._current

    def _run_steps(self, task: _Task) -> object:
        while not task.cancelled:
            try:
                progress = next(task.job)
            except StopIteration as end:
                return end.value
            if progress is not None:
                self._posted.emit(task, task.on_progress, progress)
        task.job.close()
        return None

    def _on_posted(self, task: _Task, callback: Callable[[object], object], value: object) -> None:
        if not task.cancelled:
            callback(value)


def single_step(work: Callable[[], T]) -> Generator[None, None, T]:
    """Job that calls `work` and returns its result."""
    yield
    return work()


def run_in_background(job: Generator[float, None, T], lock: threading.Lock) -> Generator[float, None, T]:
    """Runs a job in a thread: yields its progress every 20 ms, and returns what it returns.

    Closed half way, it asks the job to stop, which happens at its next step, and does not wait for that.

    Args:
        lock: held while the job runs, so that of several such jobs one runs at a time.
    """
    thread = _JobThread(job, lock)
    thread.start()
    try:
        while not thread.ended.wait(_POLL_SECONDS):
            yield thread.progress
    finally:
        thread.cancelled = True
    return thread.result()


def stream_in_background(blocks: Iterator[Samples], lock: threading.Lock) -> Generator[Samples, None, None]:
    """Passes on blocks made in a thread, and every 20 ms an empty one while the next is awaited.

    Between two blocks another job may run.
    """
    while (block := (yield from _awaited(run_in_background(_next_block(blocks), lock)))) is not None:
        yield block


def _next_block(blocks: Iterator[Samples]) -> Generator[float, None, Samples | None]:
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
    """Whether a job of `run_in_background` still runs, or has not come to the step where it stops."""
    return any(isinstance(thread, _JobThread) for thread in threading.enumerate())


class _JobThread(threading.Thread, Generic[T]):
    """Steps through one job."""

    def __init__(self, job: Generator[float, None, T], lock: threading.Lock) -> None:
        super().__init__(name="distill-background", daemon=True)
        self.progress = 0.0
        self.cancelled = False
        self.ended = threading.Event()
        self._job, self._job_lock = job, lock
        self._result: list[T] = []
        self._error: Exception | None = None

    def result(self) -> T:
        """Return value of the job. Raises what it raised."""
        if self._error is not None:
            raise self._error
        return self._result[0]

    def run(self) -> None:
        try:
            with self._job_lock:
                self._run_steps()
        except Exception as error:  # noqa: BLE001 - raised where the result is asked for
            self._error = error
        self.ended.set()

    def _run_steps(self) -> None:
        while not self.cancelled:
            try:
                self.progress = next(self._job)
            except StopIteration as end:
                self._result.append(end.value)
                return
        self._job.close()
