"""Ctrl-C and requests of the system to end, while there is work worth saving."""

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

_ENDINGS = ("SIGINT", "SIGTERM")


@contextmanager
def ending_handler(handle: Callable[[], bool]) -> Iterator[None]:
    """Context in which SIGINT and SIGTERM end the program only where `handle` returns False.

    Args:
        handle: whether it has taken care of the signal, so that the program continues.
    """
    before = {number: signal.getsignal(number) for number in (getattr(signal, name) for name in _ENDINGS)}

    def on_signal(number: int, frame: FrameType | None) -> None:
        if handle():
            return
        handler = before[signal.Signals(number)]
        if callable(handler):
            handler(number, frame)
        raise KeyboardInterrupt

    for number in before:
        signal.signal(number, on_signal)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def until_main_process_ends() -> bool:
    """Handles a signal in a process that follows another one: only the main process ends the training."""
    return True
