"""The composition root: the window where there is a display, a sound and its picture in files where there is none."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from distill_app import __version__
from distill_app.display import find_display
from distill_app.errors import DistillError
from distill_app.log import logger, start_logging, unexpected
from distill_app.threads import share_the_cores


def main(argv: Sequence[str] | None = None) -> int:
    """Starts Distill; answers the exit status. What this does not know is passed on to the window."""
    program, *arguments = sys.argv if argv is None else argv
    options, rest = _parser().parse_known_args(arguments)
    share_the_cores()
    start_logging()
    display = find_display()
    try:
        if options.window or display.available:
            return _window([program, *rest])
        return _files(display.words)
    except DistillError as error:
        logger.error("%s", error, exc_info=error)
    except Exception as error:  # noqa: BLE001 - the last door: a sentence here, the trace in the log
        logger.critical("%s", unexpected(error), exc_info=error)
    return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("distill-app", add_help=False, allow_abbrev=False)
    parser.add_argument("--version", action="version", version=f"Distill {__version__}")
    parser.add_argument("--window", action="store_true")
    return parser


def _window(argv: list[str]) -> int:
    from distill_app.ui.launch import run

    return run(argv)


def _files(reason: str) -> int:
    from distill_app.headless import play_into_files

    sys.stdout.write(f"There is no display ({reason}), so Distill plays into files instead of a window.\n")
    sys.stdout.flush()
    files = play_into_files(Path.cwd())
    sys.stdout.write(f"  sound    {files.sound}\n  picture  {files.picture}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
