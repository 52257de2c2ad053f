"""Ctrl-C, and the system's wish that the program ends, while something is learned that is worth keeping."""

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

_ENDINGS = ("SIGINT", "SIGTERM")
Handler = Callable[[int, FrameType | None], None]


@contextmanager
def on_ending(handler: Handler) -> Iterator[None]:
    numbers = [getattr(signal, name) for name in _ENDINGS]
    before = [signal.signal(number, handler) for number in numbers]
    try:
        yield
    finally:
        for number, old in zip(numbers, before, strict=True):
            signal.signal(number, old)
