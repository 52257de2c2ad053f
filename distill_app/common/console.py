"""Standard streams that may be closed, on a full disk, or a pipe without a reader."""

import argparse
import errno
import os
import sys
from typing import NoReturn

from distill_app.common.errors import DistillError
from distill_app.common.logging_setup import logger


class StdoutError(DistillError):
    """Standard output cannot be written."""


class ConsoleParser(argparse.ArgumentParser):
    """Argument parser that reports a failure to print help or version."""

    def exit(self, status: int = 0, message: str | None = None) -> NoReturn:
        """Raises StdoutError or BrokenPipeError."""
        write_stdout("")
        super().exit(status, message)


def open_closed_streams() -> None:
    """Open the null device for closed standard streams, so that no opened file takes their numbers.

    `sys.stdout` stays None, so that `write_stdout` reports it.
    """
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)
    if sys.stderr is None:
        sys.stderr = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115 - as long as the program lasts


def write_stdout(text: str) -> None:
    """Write and flush to standard output. Raises StdoutError, or BrokenPipeError if the reader has closed it."""
    try:
        if sys.stdout is None:
            raise OSError(errno.EBADF, "it is closed")
        sys.stdout.write(text)
        sys.stdout.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        raise StdoutError(f"Standard output cannot be written to ({error.strerror or error}).") from error


def write_stderr(text: str) -> None:
    """Write and flush to standard error; a failure is logged."""
    try:
        if sys.stderr is not None:
            sys.stderr.write(text)
            sys.stderr.flush()
    except OSError as error:
        logger.info("standard error cannot be written to: %s", error)


def discard_stdout() -> None:
    """Redirect standard output to the null device, so that the interpreter's final flush cannot fail."""
    if sys.stdout is not None:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
