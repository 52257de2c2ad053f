"""What was made of a recording once is found again in the cache, as long as the recording stays as it is."""

import hashlib
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from distill_app.common.errors import AudioFileError, CorpusError
from distill_app.common.logging_setup import logger
from distill_app.common.typed_values import get_text, require_list


def decoded_path(cache: Path, recording: Path, made: str, suffix: str) -> Path:
    """The file for what was `made` of a recording (its kind and version), another one after each change of it.

    Raises AudioFileError where the recording cannot be looked at.
    """
    try:
        stat = recording.stat()
    except OSError as error:
        raise AudioFileError(f"“{recording.name}” cannot be opened: {error.strerror}.") from error
    known = f"{made} {recording.resolve()} {stat.st_size} {stat.st_mtime_ns}"
    return cache / f"{hashlib.sha256(os.fsencode(known)).hexdigest()[:24]}{suffix}"


def index_path(data: Path) -> Path:
    """Beside it, written after it: without one, what was made is not whole."""
    return data.with_suffix(".json")


def notes_from(values: Mapping[str, Any]) -> tuple[str, ...]:
    """Sentences about a recording, of its index. Raises KeyError or ParseError."""
    return tuple(get_text({"notes": note}, "notes") for note in require_list(values["notes"], "notes"))


def write_decoded(data: Path, write: Callable[[Path], None]) -> None:
    """Makes the cache and writes to it, a second time where it is removed meanwhile. Raises OSError."""
    for is_last in (False, True):
        data.parent.mkdir(parents=True, exist_ok=True)
        try:
            write(data)
            return
        except FileNotFoundError:
            if is_last:
                raise


@contextmanager
def decoding_again(recording: Path) -> Iterator[None]:
    """While a recording is decoded once more that the cache has lost: failures become CorpusErrors."""
    logger.info("“%s” is gone from the cache and is decoded again", recording)
    try:
        yield
    except (AudioFileError, OSError) as error:
        reason = str(error).rstrip(".")
        raise CorpusError(
            f"What was read of “{recording.name}” is gone, and it cannot be read again ({reason})."
        ) from error


def changed(recording: Path) -> CorpusError:
    """Create the error for a recording that decodes to something else than before."""
    return CorpusError(f"“{recording.name}” has changed while it was learned from; start again.")
