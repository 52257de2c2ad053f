"""Ctrl-C, and the system's wish that the program ends, while something is learned that is worth keeping."""

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

_ENDINGS = ("SIGINT", "SIGTERM")


@contextmanager
def on_ending(taken: Callable[[], bool]) -> Iterator[None]:
    """While it lasts, `taken` is asked first: whether it has seen to it, so that the program goes on."""
    before = {number: signal.getsignal(number) for number in (getattr(signal, name) for name in _ENDINGS)}

    def end(number: int, frame: FrameType | None) -> None:
        if taken():
            return
        handler = before[signal.Signals(number)]
        if callable(handler):
            handler(number, frame)
        raise KeyboardInterrupt

    for number in before:
        signal.signal(number, end)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
