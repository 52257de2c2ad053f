"""Cache files of decoded recordings: naming, writing, repair and eviction of the least recently used."""

import hashlib
import os
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from distill_app.common.errors import AudioFileError, CorpusError
from distill_app.common.logging_setup import logger
from distill_app.common.owned_files import remove_file
from distill_app.common.temp_files import remove_stale
from distill_app.common.typed_values import get_text, require_list

_DAY_MINUTES = 24 * 60
_SUFFIXES = (".mel", ".int16")
"""Mels and samples of recordings."""


def cached_path(cache: Path, recording: Path, kind: str, suffix: str) -> Path:
    """Cache file of a `kind` of data (with its version); its name changes with size and date of the recording.

    Raises AudioFileError if the recording cannot be accessed.
    """
    try:
        stat = recording.stat()
    except OSError as error:
        raise AudioFileError(f"“{recording.name}” cannot be opened: {error.strerror}.") from error
    known = f"{kind} {recording.resolve()} {stat.st_size} {stat.st_mtime_ns}"
    return cache / f"{hashlib.sha256(os.fsencode(known)).hexdigest()[:24]}{suffix}"


def index_path(data: Path) -> Path:
    """Index file beside `data`, written last: without it, `data` may be incomplete."""
    return data.with_suffix(".json")


def parse_notes(values: Mapping[str, Any]) -> tuple[str, ...]:
    """Notes about a recording stored in its index. Raises KeyError or ParseError."""
    return tuple(get_text({"notes": note}, "notes") for note in require_list(values["notes"], "notes"))


def write_cached(data: Path, write: Callable[[Path], None]) -> None:
    """Call `write(data)` with its folder created, and once more if the folder vanishes meanwhile. Raises OSError."""
    for is_last in (False, True):
        data.parent.mkdir(parents=True, exist_ok=True)
        try:
            write(data)
            return
        except FileNotFoundError:
            if is_last:
                raise


@contextmanager
def decode_errors_as_corpus_errors(recording: Path) -> Iterator[None]:
    """Turn failures into CorpusErrors while a recording is decoded again because its cache file is gone."""
    logger.info("“%s” is gone from the cache and is decoded again", recording)
    try:
        yield
    except (AudioFileError, OSError) as error:
        reason = str(error).rstrip(".")
        raise CorpusError(
            f"What was read of “{recording.name}” is gone, and it cannot be read again ({reason})."
        ) from error


def recording_changed_error(recording: Path) -> CorpusError:
    """Error for a recording that decodes to something else than before."""
    return CorpusError(f"“{recording.name}” has changed while it was used for training; start again.")


@dataclass(frozen=True)
class _Entry:
    used: float
    data: Path
    size: int


def touch(data: Path) -> None:
    """Mark a cache file as used now; a file removed at this moment is ignored."""
    try:
        os.utime(index_path(data))
    except OSError as error:
        logger.info("cache: %s", error)


def evict_least_recently_used(folder: Path, bytes_max: int, training_minutes_max: float) -> int:
    """Remove cache files until at most `bytes_max` are left; returns the bytes freed.

    Files that cannot be removed stay. Removed recordings are decoded again when they are needed.

    Args:
        training_minutes_max: files used within this time and one day of pauses may belong to a running training, and
            stay.
    """
    remove_stale(folder)
    kept_seconds = 60 * (training_minutes_max + _DAY_MINUTES)
    entries = sorted(_entries(folder), key=lambda entry: entry.used)
    excess, freed = sum(entry.size for entry in entries) - bytes_max, 0
    for entry in entries:
        if freed >= excess or entry.used > time.time() - kept_seconds:
            break
        freed += _evict(entry)
    return freed


def _entries(folder: Path) -> list[_Entry]:
    found = []
    for data in (path for suffix in _SUFFIXES for path in folder.glob(f"[!.]*{suffix}")):
        try:
            found.append(_Entry(_last_used(data), data, data.stat().st_size))
        except OSError as error:  # another program may be evicting, too
            logger.info("cache: %s", error)
    return found


def _last_used(data: Path) -> float:
    known = index_path(data) if index_path(data).exists() else data
    return known.stat().st_mtime


def _evict(entry: _Entry) -> int:
    """Size of the removed entry, 0 if used meanwhile. The index goes first, so that partial data is never valid."""
    try:
        if _last_used(entry.data) != entry.used:
            return 0
        for path in (index_path(entry.data), entry.data):
            remove_file(path, path.parent)
    except OSError as error:
        logger.info("cache: %s", error)
        return 0
    return entry.size
