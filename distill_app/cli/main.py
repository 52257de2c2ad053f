"""The `distill` program: picks the command, prints its answer, turns failures into sentences and exit statuses."""

import argparse
import io
import signal
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from types import FrameType
from typing import Any, NoReturn

from distill_app import __version__
from distill_app.cli import (
    bench,
    corpus,
    doctor,
    export_onnx,
    info,
    project,
    render,
    train,
    train_vocoder,
    vocode,
    vocoders,
)
from distill_app.cli.report import Report, WrongUseError, print_error, print_report
from distill_app.common.atomic_io import shorten
from distill_app.common.console import ConsoleParser, StdoutError, discard_stdout, open_closed_streams, write_stderr
from distill_app.common.errors import DistillError, SettingsError
from distill_app.common.logging_setup import logger, start_logging, unexpected_error_message
from distill_app.common.omp_env import set_passive_omp_wait

COMMANDS = (render, corpus, project, train, vocode, info, vocoders, train_vocoder, export_onnx, doctor, bench)
DONE, FAILED, WRONG_USE, INTERRUPTED = 0, 1, 2, 130
_ENDINGS = tuple(getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name))


class _Parser(ConsoleParser):
    """Raises instead of leaving, so that a wrong command line is answered like every other failure.

    Options are not abbreviated: `--js` would else be understood without being recognised as `--json`.
    """

    def __init__(self, **options: Any) -> None:
        super().__init__(allow_abbrev=False, **options)

    def error(self, message: str) -> NoReturn:
        sentence = message[:1].upper() + message[1:]
        raise WrongUseError(f"{sentence.rstrip('.')}. See `{self.prog} --help`.")


def main(argv: Sequence[str] | None = None) -> int:
    """Runs one command line and answers its exit status: 0 done, 1 failed, 2 wrong use."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    open_closed_streams()
    set_passive_omp_wait()
    start_logging()
    _print_anything()
    try:
        with _unwound() as asked:
            return _answer(arguments, "--json" in arguments, asked)
    except BrokenPipeError:  # whoever read standard output has left
        discard_stdout()
    except StdoutError as error:
        write_stderr(f"{error}\n")
        discard_stdout()
    return FAILED


@contextmanager
def _unwound() -> Iterator[Sequence[int]]:
    """Where the system ends the program, or a terminal closes, it leaves as Ctrl-C does: nothing half written stays.

    Yields the signals that have asked for it so far. What is ignored stays ignored, so that `nohup` works.
    """
    asked: list[int] = []

    def leave(ending: int, frame: FrameType | None) -> None:
        asked.append(ending)
        if ending == signal.SIGINT:
            signal.default_int_handler(ending, frame)
        raise SystemExit(128 + ending)

    plain = (signal.SIG_DFL, signal.default_int_handler)
    before = {ending: signal.getsignal(ending) for ending in _ENDINGS if signal.getsignal(ending) in plain}
    for ending in before:
        signal.signal(ending, leave)
    try:
        yield asked
    finally:
        for ending, handler in before.items():
            signal.signal(ending, handler)


def _print_anything() -> None:
    """A name that the console's encoding cannot show is shown with a mark in its place, and is no failure."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")


def _answer(arguments: list[str], as_json: bool, asked: Sequence[int]) -> int:
    try:
        options = parser().parse_args(arguments)
        report: Report | None = options.run(options)
        if report is not None:
            print_report(report, as_json)
    except (WrongUseError, SettingsError) as error:
        print_error(str(error), as_json)
        return WRONG_USE
    except StdoutError:
        raise
    except DistillError as error:
        logger.info("failed: %s", error, exc_info=error)
        print_error(str(error), as_json)
        return FAILED
    except KeyboardInterrupt:
        return _stopped(as_json)
    except BrokenPipeError:
        raise
    except Exception as error:  # noqa: BLE001 - the last door: a sentence here, the trace in the log
        logger.info("unexpected", exc_info=error)
        if asked:  # a library that was being imported has made an error of its own of it
            return _stopped(as_json) if asked[-1] == signal.SIGINT else 128 + asked[-1]
        print_error(_sentence(error), as_json)
        return FAILED
    return DONE


def _sentence(error: Exception) -> str:
    """For a failure of the disk what it says, for any other one where the log is."""
    if isinstance(error, OSError) and error.filename and error.strerror:
        return f"“{shorten(str(error.filename))}” cannot be used ({error.strerror})."
    return unexpected_error_message(error)


def _stopped(as_json: bool) -> int:
    print_error("Stopped.", as_json)
    return INTERRUPTED


def parser() -> argparse.ArgumentParser:
    description = "Learn a small model from your own recordings and play it with sliders."
    epilog = "Try `distill render first.wav`; `distill COMMAND --help` tells more. The window is `distill-app`."
    whole = _Parser(prog="distill", description=description, epilog=epilog)
    whole.add_argument("--version", action="version", version=f"distill {__version__}")
    commands = whole.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for command in COMMANDS:
        command.add_to(commands)
    return whole
