"""Long jobs in background threads. A job is a generator: each `yield` is progress and a place to stop."""

import logging
import threading
from collections import deque
from collections.abc import Callable, Generator, Iterator
from concurrent.futures import Future, wait
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeVar

import numpy as np
from PySide6.QtCore import QCoreApplication, QEvent, QObject, Signal

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
    """A job and its callbacks."""

    job: Job
    on_result: Callable[[Any], object] = ignore
    on_error: Callable[[str], object] = ignore
    on_progress: Callable[[Any], object] = ignore
    cancelled: bool = False

    def run(self, report: Callable[[Any], object]) -> Any:
        """Steps through the job and reports what it yields; returns its result, or None once it is cancelled."""
        while not self.cancelled:
            try:
                progress = next(self.job)
            except StopIteration as end:
                return end.value
            report(progress)
        self.job.close()
        return None


class _BackgroundThread(threading.Thread):
    """Daemon thread that runs jobs."""

    def __init__(self, name: str, target: Callable[[], None]) -> None:
        super().__init__(name=name, target=target, daemon=True)
        self.start()


def is_any_running() -> bool:
    """Whether a background job still runs, or has not reached the step where it stops."""
    return any(isinstance(thread, _BackgroundThread) for thread in threading.enumerate())


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
        self._thread: _BackgroundThread | None = None
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
                self._thread = _BackgroundThread(self._name, self._run)

    def cancel(self) -> None:
        """Drops the jobs that wait, and stops the current one at its next step."""
        with self._lock:
            for task in [*self._waiting, *([self._current] if self._current else [])]:
                task.cancelled = True
            self._waiting.clear()

    def close(self) -> None:
        """Cancels, and waits for the current step."""
        self.cancel()
        self.wait()

    def wait(self, seconds: float | None = None) -> bool:
        """Waits for all jobs and calls their callbacks; returns whether they ended within that time."""
        thread = self._thread
        if thread is not None:
            thread.join(seconds)
        self.call_back()
        return thread is None or not thread.is_alive()

    def call_back(self) -> None:
        """Calls the callbacks that are due now."""
        QCoreApplication.sendPostedEvents(self, QEvent.Type.MetaCall)

    def _run(self) -> None:
        while (task := self._next()) is not None:
            try:
                self._post(task, task.on_result, task.run(partial(self._post_progress, task)))
            except DistillError as error:
                _log.info("%s: %s", self._name, error, exc_info=error)
                self._post(task, task.on_error, str(error))
            except Exception as error:  # noqa: BLE001 - a sentence for the user, the trace in the log
                _log.exception("%s", self._name)
                self._post(task, task.on_error, unexpected_error_message(error))

    def _next(self) -> _Task | None:
        with self._lock:
            self._current = self._waiting.popleft() if self._waiting else None
            if self._current is None:
                self._thread = None
            return self._current

    def _post_progress(self, task: _Task, progress: object) -> None:
        if progress is not None:
            self._post(task, task.on_progress, progress)

    def _post(self, task: _Task, callback: Callable[[Any], object], value: object) -> None:
        """Has the callback called in the thread of this object, which may be deleted once the task is cancelled."""
        if not task.cancelled:
            self._posted.emit(task, callback, value)

    def _on_posted(self, task: _Task, callback: Callable[[object], object], value: object) -> None:
        if not task.cancelled:
            callback(value)


def single_step(work: Callable[[], T]) -> Generator[None, None, T]:
    """Job that calls `work` and returns its result."""
    yield
    return work()


def run_in_background(job: Generator[float, None, T], lock: threading.Lock) -> Generator[float, None, T]:
    """Runs a job in a thread: yields its progress every 20 ms, and returns what it returns.

    Closing this generator stops the job at its next step, without waiting for it.

    Args:
        lock: held while the job runs, so that of several such jobs one runs at a time.
    """
    task, result, progress = _Task(job), Future[T](), deque([0.0], maxlen=1)

    def run() -> None:
        try:
            with lock:
                result.set_result(task.run(progress.append))
        except Exception as error:  # noqa: BLE001 - raised by `result`
            result.set_exception(error)

    _BackgroundThread("distill-background", run)
    try:
        while not wait([result], _POLL_SECONDS).done:
            yield progress[0]
    finally:
        task.cancelled = True
    return result.result()


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
    """Yields an empty block for each value that the job yields; returns the block that it returns."""
    try:
        while True:
            next(job)
            yield np.zeros(0, np.float32)
    except StopIteration as end:
        return end.value
    finally:
        job.close()
