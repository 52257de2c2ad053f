"""Headers of model files; an unreadable one is skipped."""

from functools import lru_cache
from pathlib import Path

from distill_app.common.errors import ModelFileError
from distill_app.common.logging_setup import logger
from distill_app.models.header import ModelHeader, read_header

_CACHE_SIZE = 256


def header_of(path: Path) -> ModelHeader | None:
    """Header of a model file; None where it cannot be read."""
    try:
        return read_header(path)
    except ModelFileError as error:
        logger.info("no header: %s", error)
        return None


def is_damaged(path: Path) -> bool:
    """Whether a file exists and is no readable model; cached until the file changes."""
    try:
        now = path.stat()
    except OSError:
        return False
    return not _has_header(path, now.st_mtime_ns, now.st_size)


@lru_cache(_CACHE_SIZE)
def _has_header(path: Path, _changed_ns: int, _size: int) -> bool:
    return header_of(path) is not None
