"""Progress bar on standard error for commands that take long."""

import sys
import time
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from typing import TextIO, TypeVar

from tqdm import tqdm

from distill_app.common.generators import drain, map_steps
from distill_app.common.logging_setup import logger

Step = TypeVar("Step")
Result = TypeVar("Result")

_FORMAT = "{desc}  {bar:24} {percentage:3.0f}%{postfix}"
_REDRAW_SECONDS, _LINE_SECONDS = 0.1, 10.0
_ETA_FRACTION, _ETA_SECONDS = 0.02, 1.0
"""Before both are reached, the time left is not estimated."""


class _Output:
    """Stream whose failures are logged: a full disk, or a terminal that is gone, does not end the work."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> None:
        try:
            self._stream.write(text)
            self._stream.flush()
        except OSError as error:
            logger.info("the progress cannot be shown: %s", error)

    def flush(self) -> None: ...


class _TerminalBar(tqdm):  # type: ignore[misc]
    """Bar that is redrawn in place."""

    monitor_interval = 0  # no thread that redraws a bar that stands still


class _FileBar(_TerminalBar):
    """Bar that is written as a new line each time."""

    def display(self, msg: str | None = None, pos: int | None = None) -> None:
        if msg is None:
            self.fp.write(f"{self}\n")


class TerminalProgressBar:
    """Stage, bar, percent and time left in one line; in a file, a line every ten seconds.

    Args:
        stream: where it is drawn; standard error by default.
        clock: seconds.
    """

    def __init__(self, stream: TextIO | None = None, clock: Callable[[], float] = time.monotonic) -> None:
        stream = sys.stderr if stream is None else stream
        kind, seconds = (_TerminalBar, _REDRAW_SECONDS) if stream.isatty() else (_FileBar, _LINE_SECONDS)
        options = {"mininterval": seconds, "miniters": 0, "delay": seconds, "leave": False, "ascii": "░█"}
        self._bar = kind(total=1.0, file=_Output(stream), bar_format=_FORMAT, **options)
        self._clock, self._stage_started = clock, clock()

    def show(self, message: str, fraction: float, seconds_left: float | None = None) -> None:
        """Shows that `fraction` of a stage, 0 … 1, is done; a smaller one than before begins the next stage.

        Args:
            seconds_left: of the stage; estimated from the time so far where it is not given.
        """
        if fraction < self._bar.n:
            self._stage_started = self._clock()
        self._bar.set_description_str(message, refresh=False)
        self._bar.set_postfix_str(self._time_left(fraction, seconds_left), refresh=False)
        self._bar.update(fraction - self._bar.n)

    def _time_left(self, fraction: float, seconds_left: float | None) -> str:
        elapsed = self._clock() - self._stage_started
        if fraction < _ETA_FRACTION or elapsed < _ETA_SECONDS:
            return ""
        return f"{duration(elapsed * (1 - fraction) / fraction if seconds_left is None else seconds_left)} left"

    def close(self) -> None:
        """Clears the line of a terminal."""
        self._bar.close()


@contextmanager
def progress_bar() -> Iterator[TerminalProgressBar]:
    """Progress bar that is cleared at the end."""
    bar = TerminalProgressBar()
    try:
        yield bar
    finally:
        bar.close()


def drain_with(job: Generator[Step, None, Result], each: Callable[[Step], None]) -> Result:
    """Result of a job; `each` is called with all that it yields."""
    return drain(map_steps(job, each))


def duration(seconds: float) -> str:
    """`8 s`, `2 min 05 s` or `1 h 10 min`."""
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60:02} s"
    return f"{whole // 3600} h {whole % 3600 // 60:02} min"
