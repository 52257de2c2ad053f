"""Room for decoded recordings: what has not been used for longest goes first, once they are many."""

import os
import time
from dataclasses import dataclass
from pathlib import Path

from distill_app.common.logging_setup import logger
from distill_app.common.owned_files import remove_file
from distill_app.common.temp_files import remove_stale
from distill_app.corpus.cache_paths import index_path

_DAY_MINUTES = 24 * 60
_SUFFIXES = (".mel", ".int16")
"""Mels of recordings, and their samples."""


@dataclass(frozen=True)
class _Entry:
    used: float
    data: Path
    size: int


def mark_used(data: Path) -> None:
    """That it cannot be marked, as where it is removed at this moment, is no matter."""
    try:
        os.utime(index_path(data))
    except OSError as error:
        logger.info("cache: %s", error)


def make_room(folder: Path, most_bytes: int, longest_minutes: float) -> int:
    """Takes away decoded recordings until no more than `most_bytes` are left; returns the bytes freed.

    They are decoded again when they are learned from again. What cannot be taken away stays.

    Args:
        longest_minutes: what was used since a training of this length, with a day of pauses, may have begun, may be
            learned from at this moment; it stays.
    """
    remove_stale(folder)
    kept_seconds = 60 * (longest_minutes + _DAY_MINUTES)
    entries = sorted(_entries(folder), key=lambda entry: entry.used)
    too_many, freed = sum(entry.size for entry in entries) - most_bytes, 0
    for entry in entries:
        if freed >= too_many or entry.used > time.time() - kept_seconds:
            break
        freed += _taken_away(entry)
    return freed


def _entries(folder: Path) -> list[_Entry]:
    found = []
    for data in (path for suffix in _SUFFIXES for path in folder.glob(f"[!.]*{suffix}")):
        try:
            found.append(_Entry(_used(data), data, data.stat().st_size))
        except OSError as error:  # another program may make room, too
            logger.info("cache: %s", error)
    return found


def _used(data: Path) -> float:
    known = index_path(data) if index_path(data).exists() else data
    return known.stat().st_mtime


def _taken_away(entry: _Entry) -> int:
    """Its size, 0 where it is used again; the index goes first, so that no half is taken for a whole."""
    try:
        if _used(entry.data) != entry.used:
            return 0
        for path in (index_path(entry.data), entry.data):
            remove_file(path, path.parent)
    except OSError as error:
        logger.info("cache: %s", error)
        return 0
    return entry.size
