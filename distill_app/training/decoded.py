"""What was made of a recording once is found again in the cache, as long as the recording stays as it is."""

import hashlib
import os
from pathlib import Path

from distill_app.errors import AudioFileError


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
