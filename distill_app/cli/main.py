"""Entry point of `distill`: runs the command, prints its report, maps errors to sentences and exit statuses."""

import argparse
import io
import signal
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from types import FrameType, ModuleType
from typing import Any, NoReturn

from distill_app import __version__
from distill_app.cli import (
    add_grain,
    bench,
    corpus,
    doctor,
    export_onnx,
    info,
    project,
    render,
    run_training,
    share,
    train,
    train_vocoder,
    vocode,
    vocoders,
)
from distill_app.cli.report import Report, WrongUseError, print_error, print_report
from distill_app.common.atomic_io import shorten
from distill_app.common.console import ConsoleParser, StdoutError, discard_stdout, open_closed_streams, write_stderr
from distill_app.common.errors import DistillError, SettingsError
from distill_app.common.exit import skip_collection_at_exit
from distill_app.common.logging_setup import logger, start_logging, unexpected_error_message
from distill_app.common.omp_env import set_passive_omp_wait

COMMANDS = (
    render,
    corpus,
    project,
    train,
    vocode,
    info,
    share,
    add_grain,
    vocoders,
    train_vocoder,
    export_onnx,
    doctor,
    bench,
)
"""Modules of the commands, in the order of the help."""
ALL_COMMANDS = (*COMMANDS, run_training)
"""Those that the help lists, and that of the window."""
DONE, FAILED, WRONG_USE, INTERRUPTED = 0, 1, 2, 130
_EXIT_SIGNALS = tuple(getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name))


class _Parser(ConsoleParser):
    """Argument parser that raises WrongUseError instead of exiting.

    Options cannot be abbreviated: `--js` would be accepted without being recognised as `--json`.
    """

    def __init__(self, **options: Any) -> None:
        super().__init__(allow_abbrev=False, **options)

    def error(self, message: str) -> NoReturn:
        sentence = message[:1].upper() + message[1:]
        raise WrongUseError(f"{sentence.rstrip('.')}. See `{self.prog} --help`.")


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command line; returns the exit status: 0 done, 1 failed, 2 wrong use."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    open_closed_streams()
    set_passive_omp_wait()
    skip_collection_at_exit()
    start_logging()
    _replace_unprintable()
    try:
        with _exit_signals() as received:
            return _run_command(arguments, "--json" in arguments, received)
    except BrokenPipeError:  # the reader of standard output has closed it
        discard_stdout()
    except StdoutError as error:
        write_stderr(f"{error}\n")
        discard_stdout()
    return FAILED


@contextmanager
def _exit_signals() -> Iterator[Sequence[int]]:
    """Turn SIGTERM and SIGHUP into SystemExit, so that no half-written file stays. Yields the signals received so far.

    Ignored signals stay ignored, so that `nohup` works.
    """
    received: list[int] = []

    def leave(number: int, frame: FrameType | None) -> None:
        received.append(number)
        if number == signal.SIGINT:
            signal.default_int_handler(number, frame)
        raise SystemExit(128 + number)

    plain = (signal.SIG_DFL, signal.default_int_handler)
    before = {number: signal.getsignal(number) for number in _EXIT_SIGNALS if signal.getsignal(number) in plain}
    for number in before:
        signal.signal(number, leave)
    try:
        yield received
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _replace_unprintable() -> None:
    """Print “?” for letters that the console's encoding cannot represent, instead of failing."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")


def _run_command(arguments: list[str], as_json: bool, received: Sequence[int]) -> int:
    try:
        options = parser(ALL_COMMANDS if arguments[:1] == [run_training.NAME] else COMMANDS).parse_args(arguments)
        report: Report | None = options.run(options)
        if report is not None:
            print_report(report, as_json)
    except (StdoutError, BrokenPipeError):
        raise
    except KeyboardInterrupt:
        return _report_stopped(as_json)
    except DistillError as error:
        return _report_expected(error, as_json)
    except Exception as error:  # noqa: BLE001 - the last handler: a sentence for the user, the traceback in the log
        return _report_unexpected(error, as_json, received)
    return DONE


def _report_expected(error: DistillError, as_json: bool) -> int:
    is_wrong_use = isinstance(error, WrongUseError | SettingsError)
    if not is_wrong_use:
        logger.info("failed: %s", error, exc_info=error)
    print_error(str(error), as_json)
    return WRONG_USE if is_wrong_use else FAILED


def _report_unexpected(error: Exception, as_json: bool, received: Sequence[int]) -> int:
    logger.info("unexpected", exc_info=error)
    if received:  # a library that was being imported has replaced the exception of the signal handler
        return _report_stopped(as_json) if received[-1] == signal.SIGINT else 128 + received[-1]
    print_error(_error_sentence(error), as_json)
    return FAILED


def _error_sentence(error: Exception) -> str:
    """System error as a sentence; any other error as a reference to the log."""
    if isinstance(error, OSError) and error.filename and error.strerror:
        return f"“{shorten(str(error.filename))}” cannot be used ({error.strerror})."
    return unexpected_error_message(error)


def _report_stopped(as_json: bool) -> int:
    print_error("Stopped.", as_json)
    return INTERRUPTED


def parser(listed: Sequence[ModuleType] = ALL_COMMANDS) -> argparse.ArgumentParser:
    """Parser of a command line; error messages name the `listed` commands."""
    description = "Learn a small model from your own recordings and play it with sliders."
    epilog = "Try `distill render first.wav`; `distill COMMAND --help` tells more. The window is `distill-app`."
    whole = _Parser(prog="distill", description=description, epilog=epilog)
    whole.add_argument("--version", action="version", version=f"distill {__version__}")
    commands = whole.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for command in listed:
        command.add_to(commands)
    return whole
