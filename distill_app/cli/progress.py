"""A progress bar in words on standard error, for the commands that take long."""

import sys
import time
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from typing import TextIO, TypeVar

from distill_app.common.logging_setup import logger

Step = TypeVar("Step")
Result = TypeVar("Result")

_BAR = 24
_REDRAW_SECONDS = 0.1
_LINE_SECONDS = 10.0
"""Where standard error is a file, a line this often is enough."""


class Progress:
    """One line: stage, bar, percent and the time that is left.

    Args:
        stream: where it is drawn; redrawn in place on a terminal, written as lines elsewhere.
        clock: seconds, for the time that is left.
    """

    def __init__(self, stream: TextIO | None = None, clock: Callable[[], float] = time.monotonic) -> None:
        self._stream = sys.stderr if stream is None else stream
        self._clock = clock
        self._started = self._drawn = clock()
        self._terminal = self._stream.isatty()
        self._width = 0
        self._fraction = 0.0

    def show(self, words: str, fraction: float, seconds_left: float | None = None) -> None:
        """`fraction` of this stage, 0 … 1, is done; a smaller one than before begins the next stage.

        Args:
            seconds_left: of the stage; estimated from the time so far where it is not given.
        """
        now = self._clock()
        if fraction < self._fraction:
            self._started = now
        self._fraction = fraction
        if now - self._drawn < (_REDRAW_SECONDS if self._terminal else _LINE_SECONDS):
            return
        self._drawn = now
        self._write(f"{words}  {_bar(fraction)} {fraction:4.0%}{_left(now - self._started, fraction, seconds_left)}")

    def close(self) -> None:
        """Wipes the line; what comes next starts at its left edge."""
        if self._width:
            self._put("\r" + " " * self._width + "\r")
            self._width = 0

    def _write(self, line: str) -> None:
        self._put("\r" + line.ljust(self._width) if self._terminal else line + "\n")
        self._width = len(line) if self._terminal else 0

    def _put(self, text: str) -> None:
        """A disk that is full, or a terminal that is gone, is nothing to end the work for."""
        try:
            self._stream.write(text)
            self._stream.flush()
        except OSError as error:
            logger.info("the progress cannot be shown: %s", error)


@contextmanager
def progress() -> Iterator[Progress]:
    shown = Progress()
    try:
        yield shown
    finally:
        shown.close()


def drain(job: Generator[Step, None, Result], each: Callable[[Step], None]) -> Result:
    """Runs a job to its end, telling `each` of every step; answers the job's result."""
    while True:
        try:
            step = next(job)
        except StopIteration as end:
            return end.value
        each(step)


def _bar(fraction: float) -> str:
    full = round(max(0.0, min(fraction, 1.0)) * _BAR)
    return "█" * full + "░" * (_BAR - full)


def _left(elapsed: float, fraction: float, seconds_left: float | None) -> str:
    if fraction < 0.02 or elapsed < 1:
        return ""
    return f", {duration(elapsed * (1 - fraction) / fraction if seconds_left is None else seconds_left)} left"


def duration(seconds: float) -> str:
    """`8 s`, `2 min 05 s` or `1 h 10 min`."""
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60:02} s"
    return f"{whole // 3600} h {whole % 3600 // 60:02} min"
