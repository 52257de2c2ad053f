"""Start of the program: the window where there is a display, else a sound and its spectrogram in files."""

import argparse
import os
import sys
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

from distill_app import __version__
from distill_app.common.console import (
    ConsoleParser,
    StdoutError,
    discard_stdout,
    open_closed_streams,
    write_stderr,
    write_stdout,
)
from distill_app.common.display import find_display
from distill_app.common.errors import DistillError
from distill_app.common.exit import skip_collection_at_exit
from distill_app.common.logging_setup import logger, start_logging, unexpected_error_message
from distill_app.common.omp_env import set_passive_omp_wait


class DisplayError(DistillError):
    """No window can be opened although the user asked for one."""


def main(argv: Sequence[str] | None = None) -> int:
    """Starts Distill; returns the exit status. Unknown options are passed on to the window."""
    program, *arguments = sys.argv if argv is None else argv
    open_closed_streams()
    set_passive_omp_wait()
    skip_collection_at_exit()
    start_logging()
    try:
        options, rest = _parser().parse_known_args(arguments)
        display = find_display(_qt_environment(rest))
        if not display.qt_starts and (options.window or display.explicit):
            advice = "; choose another platform, or none" if display.explicit else ""
            raise DisplayError(f"No window can be opened: {display.description}{advice}.")
        if options.window or display.available:
            return _window([program, *rest])
        return _files(display.description)
    except (StdoutError, BrokenPipeError) as error:
        write_stderr(f"{error}\n")
        discard_stdout()
    except DistillError as error:
        logger.error("%s", error, exc_info=error)
    except Exception as error:  # noqa: BLE001 - the last door: a sentence here, the trace in the log
        logger.critical("%s", unexpected_error_message(error), exc_info=error)
    return 1


def _qt_environment(arguments: Sequence[str]) -> dict[str, str]:
    """Environment variables, overridden by Qt's command-line options."""
    environment = dict(os.environ)
    for option, value in pairwise(arguments):
        if option in ("-platform", "--platform"):
            environment["QT_QPA_PLATFORM"] = value
        if option in ("-display", "--display"):
            environment["DISPLAY"] = value
    return environment


def _parser() -> argparse.ArgumentParser:
    parser = ConsoleParser("distill-app", add_help=False, allow_abbrev=False)
    parser.add_argument("--version", action="version", version=f"Distill {__version__}")
    parser.add_argument("--window", action="store_true")
    return parser


def _window(argv: list[str]) -> int:
    from distill_app.ui.app.launch import run

    return run(argv)


def _files(reason: str) -> int:
    from distill_app.headless import render_to_files

    write_stdout(f"There is no display ({reason}), so Distill plays into files instead of a window.\n")
    files = render_to_files(Path.cwd())
    write_stdout(f"  sound    {files.sound}\n  picture  {files.picture}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
