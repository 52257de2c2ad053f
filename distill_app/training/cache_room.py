"""Room for decoded recordings: what has not been used for longest goes first, once they are many."""

import os
import time
from dataclasses import dataclass
from pathlib import Path

from distill_app.log import logger
from distill_app.training.config import MINUTES_MAX
from distill_app.training.decoded import index_path

MELS_BYTES_MAX = 8 * 2**30
"""About a hundred hours of sound."""
_KEPT_SECONDS = 60.0 * MINUTES_MAX + 24 * 3600
"""Used so lately, it may be learned from at this moment: the longest training, and a day of pauses."""


@dataclass(frozen=True)
class _Entry:
    used: float
    data: Path
    size: int


def mark_used(data: Path) -> None:
    os.utime(index_path(data))


def make_room(folder: Path, most_bytes: int = MELS_BYTES_MAX, kept_seconds: float = _KEPT_SECONDS) -> int:
    """Takes away decoded recordings until no more than `most_bytes` are left, but none used in the last `kept_seconds`.

    They are decoded again when they are learned from again. What cannot be taken away stays. Returns the bytes freed.
    """
    entries = sorted(_entries(folder), key=lambda entry: entry.used)
    too_many, freed = sum(entry.size for entry in entries) - most_bytes, 0
    for entry in entries:
        if freed >= too_many or entry.used > time.time() - kept_seconds:
            break
        freed += _taken_away(entry)
    return freed


def _entries(folder: Path) -> list[_Entry]:
    found = []
    for data in folder.glob("*.mel"):
        try:
            known = index_path(data) if index_path(data).exists() else data
            found.append(_Entry(known.stat().st_mtime, data, data.stat().st_size))
        except OSError as error:  # another program may make room, too
            logger.info("cache: %s", error)
    return found


def _taken_away(entry: _Entry) -> int:
    """Its size; the index goes first, so that no half is taken for a whole."""
    try:
        index_path(entry.data).unlink(missing_ok=True)
        entry.data.unlink(missing_ok=True)
    except OSError as error:
        logger.info("cache: %s", error)
        return 0
    return entry.size
