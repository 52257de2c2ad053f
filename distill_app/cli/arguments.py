"""Arguments shared by several commands, and checks that need no torch."""

import argparse
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from distill_app.cli.report import Report, WrongUseError
from distill_app.common.atomic_io import write_error_message
from distill_app.common.errors import DistillError
from distill_app.common.number_parsing import parse_number
from distill_app.common.paths import starter_models
from distill_app.generation.file_formats import format_titles, is_writable_name, with_sound_suffix
from distill_app.vocoders.embedded.vocoder import AUTO, OF_MODEL
from distill_app.vocoders.registry import UnknownVocoderError, find_vocoder

Commands = Any
"""Type of the result of `add_subparsers`, a private class of argparse."""

Group = argparse._ActionsContainer
"""Parser, or argument group of a parser."""

Run = Callable[[argparse.Namespace], Report | None]

BITS = ("16", "24", "32f")


class OutputError(DistillError):
    """The result cannot be written."""


def decimal(text: str) -> float:
    """Number with a decimal point or comma. Raises ArgumentTypeError."""
    number = parse_number(text)
    if number is None:
        raise argparse.ArgumentTypeError(f"“{text}” is not a number")
    return number


def model_path(text: str) -> Path:
    """Path of a starter model for its name, such as "starter", else the given path."""
    return {path.stem: path for path in starter_models()}.get(text, Path(text))


def add_command(commands: Commands, name: str, run: Run, words: str, more: str = "") -> argparse.ArgumentParser:
    """Parser of a command.

    Args:
        run: function that runs the command.
        words: one line for the list of commands.
        more: additional sentences for the command's help.
    """
    description = f"{words[:1].upper()}{words[1:]}. {more}"
    parser: argparse.ArgumentParser = commands.add_parser(name, help=words, description=description)
    parser.set_defaults(run=run)
    return parser


def add_json(parser: argparse.ArgumentParser, again: bool = False) -> None:
    """Add `--json`.

    Args:
        again: the parent command has the option, too, and its value applies if this one is not given.
    """
    default = argparse.SUPPRESS if again else False
    words = "answer with one JSON object, for scripts"
    parser.add_argument("--json", action="store_true", default=default, help=words)


def add_vocoder(parser: argparse.ArgumentParser) -> None:
    words = (
        "what makes the sound: one of `distill vocoders`, a folder with a config and weights as published, own (the "
        "vocoder in the model file), grain (the recordings in the model file), or auto (the default: grain where there "
        "are recordings, own where it was measured to be nearest to recordings, else griffin-lim)"
    )
    parser.add_argument("--vocoder", default=AUTO, metavar="NAME_OR_FOLDER", help=words)


def add_overwrite(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--overwrite", action="store_true", help="replace the file if it is there already")


def add_export(parser: argparse.ArgumentParser) -> None:
    rate = "sample rate of the file in Hz (default: 44100)"
    parser.add_argument("--rate", type=int, default=44_100, metavar="R", help=rate)
    bits = "32f is floating point, which keeps what is beyond full scale (default: 24)"
    parser.add_argument("--bits", choices=BITS, default="24", help=bits)


def check_vocoder(name: str) -> None:
    """Raises WrongUseError if there is no vocoder `name`, VocoderError if it cannot be used.

    "own", "grain" and "auto" depend on the model file and are not checked.
    """
    if name in OF_MODEL:
        return
    try:
        found = find_vocoder(name)
    except UnknownVocoderError as error:
        raise WrongUseError(str(error)) from error
    if isinstance(found, Path):
        from distill_app.vocoders.published.loader import read_published

        read_published(found)


def check_output(path: Path, suffix: str, overwrite: bool) -> None:
    """Check before the work that the output can be written. Raises WrongUseError or OutputError."""
    wrong_name = "" if path.suffix.lower() == suffix else f"The name “{path.name}” should end in {suffix}."
    _check_writable(path, wrong_name, overwrite)


def check_sound_output(path: Path, overwrite: bool) -> None:
    """Check before the work that the sound file can be written. Raises WrongUseError or OutputError."""
    name = with_sound_suffix(path).name
    wrong_name = f"Only {format_titles()} files are written; call “{path.name}” “{name}”."
    _check_writable(path, "" if is_writable_name(path) else wrong_name, overwrite)


def _check_writable(path: Path, wrong_name: str, overwrite: bool) -> None:
    try:
        _check_target(path, wrong_name, overwrite)
    except OSError as error:
        raise OutputError(write_error_message(path, error)) from error


def _check_target(path: Path, wrong_name: str, overwrite: bool) -> None:
    if path.is_dir():
        raise OutputError(f"“{path}” is a folder; give the name of a file in it.")
    if wrong_name:
        raise WrongUseError(wrong_name)
    if path.exists() and not overwrite:
        raise OutputError(f"“{path}” exists already; choose another name, or add --overwrite to replace it.")
    place = Path(os.path.realpath(path))
    if not place.parent.is_dir():
        raise OutputError(f"There is no folder “{place.parent}”; make it first, or choose another one.")
    if not (os.access(place.parent, os.W_OK) or (place.exists() and os.access(place, os.W_OK))):
        raise OutputError(f"The folder “{place.parent}” cannot be written to; choose another one.")
