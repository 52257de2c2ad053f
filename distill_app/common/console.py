"""Standard output and error streams that may be closed, on a full disk, or a pipe without a reader."""

import argparse
import errno
import os
import sys
from typing import NoReturn

from distill_app.common.errors import DistillError
from distill_app.common.logging_setup import logger


class StdoutError(DistillError):
    """The answer cannot be written to standard output."""


class ConsoleParser(argparse.ArgumentParser):
    """Sees to it that help and version are printed, or said not to be."""

    def exit(self, status: int = 0, message: str | None = None) -> NoReturn:
        """Raises UnprintedError, or BrokenPipeError."""
        write_stdout("")
        super().exit(status, message)


def open_closed_streams() -> None:
    """Puts the null device where standard input, output or error is closed: no file that is opened takes its number.

    `sys.stdout` stays None then, so that `write_stdout` tells it.
    """
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)
    if sys.stderr is None:
        sys.stderr = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115 - as long as the program lasts


def write_stdout(text: str) -> None:
    """Writes to standard output, at once. Raises UnprintedError, or BrokenPipeError where its reader has left."""
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
    """Writes to standard error, at once, as far as that can be: there is no other place to say that it cannot."""
    try:
        if sys.stderr is not None:
            sys.stderr.write(text)
            sys.stderr.flush()
    except OSError as error:
        logger.info("standard error cannot be written to: %s", error)


def discard_stdout() -> None:
    """Redirect standard output to the null device, so that flushing it when the interpreter exits cannot fail."""
    if sys.stdout is not None:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
