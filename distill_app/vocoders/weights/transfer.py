"""One file at a time: fetched or copied into a `.part`, checked, and only then given its name."""

import errno
import hashlib
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from distill_app.common.errors import VocoderError
from distill_app.common.logging_setup import logger
from distill_app.common.owned_files import move_file, remove_file
from distill_app.common.units import file_size
from distill_app.vocoders.weights.hub import ConnectionLostError, Hub
from distill_app.vocoders.weights.manifest import ManifestEntry, WeightFile

_CHUNK = 1024**2
_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_LEAST_ROOM = 100_000
_LOOK_SECONDS = 0.1
PART = ".part"


@dataclass(frozen=True)
class TransferProgress:
    """How much of it has come."""

    done_bytes: int
    total_bytes: int


class ChecksumError(VocoderError):
    """A file is not the one whose checksum is known."""


def download_file(hub: Hub, entry: ManifestEntry, file: WeightFile, folder: Path) -> Iterator[int]:
    """Yields how many bytes of the file are in the folder; at the end it is there under its name, and checked.

    Raises VocoderError. A `.part` stays for the next try, unless its bytes are wrong.
    """
    if (folder / file.name).is_file():
        return
    if cached := hub.cached(entry, file):
        try:
            yield from copy_file(cached, entry, file, folder)
            return
        except ChecksumError:
            logger.info("the shared cache holds another %s of %s", file.name, entry.id)
    yield from _received(hub, entry, file, part_path(file, folder))
    _finish(entry, file, folder)


def copy_file(source: Path, entry: ManifestEntry, file: WeightFile, folder: Path) -> Iterator[int]:
    """The same from a file on this computer. Raises VocoderError."""
    count = 0
    try:
        with source.open("rb") as from_file, part_path(file, folder).open("wb") as to_file:
            while chunk := from_file.read(_CHUNK):
                count += to_file.write(chunk)
                yield count
    except OSError as error:
        raise write_stderr(error, file.size_bytes - count) from error
    _finish(entry, file, folder)


def part_path(file: WeightFile, folder: Path) -> Path:
    return folder / (file.name + PART)


def _finish(entry: ManifestEntry, file: WeightFile, folder: Path) -> None:
    part = part_path(file, folder)
    try:
        if sha256(part) == file.sha256:
            move_file(part, folder / file.name, folder)
            return
        remove_file(part, folder)
    except OSError as error:
        raise write_stderr(error) from error
    raise ChecksumError(f"What came for {entry.title} is not what was published, and was thrown away; try again.")


def _received(hub: Hub, entry: ManifestEntry, file: WeightFile, part: Path) -> Iterator[int]:
    """Goes on where the part ends, again and again while that brings it further, and a few times while it does not."""
    retry_seconds = iter(hub.retry_seconds)
    count = part.stat().st_size if part.exists() else 0
    while count < file.size_bytes:
        before = count
        try:
            for count in _appended(hub, entry, file, part, before):
                yield count
        except ConnectionLostError:
            retry_seconds = iter(hub.retry_seconds) if count > before else retry_seconds
            pause = next(retry_seconds, None)
            if pause is None:
                raise
            yield from _waiting(pause, count)


def _appended(hub: Hub, entry: ManifestEntry, file: WeightFile, part: Path, count: int) -> Iterator[int]:
    try:
        with part.open("ab") as sink, closing(hub.read(entry, file, count)) as chunks:
            for chunk in chunks:
                count += sink.write(chunk)
                yield count
    except OSError as error:
        raise write_stderr(error, file.size_bytes - count) from error


def _waiting(seconds: float, count: int) -> Iterator[int]:
    """In small steps, each a place to stop."""
    until = time.monotonic() + seconds
    yield count
    while (left := until - time.monotonic()) > 0:
        time.sleep(min(left, _LOOK_SECONDS))
        yield count


def sha256(path: Path) -> str:
    """Raises OSError."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def write_stderr(error: OSError, missing_bytes: int = 0) -> VocoderError:
    if error.errno in _FULL:
        return disk_full_error(missing_bytes)
    return VocoderError(f"The vocoder cannot be stored ({error.strerror or error}); look at the disk and try again.")


def disk_full_error(missing_bytes: int) -> VocoderError:
    size = file_size(max(missing_bytes, _LEAST_ROOM))
    return VocoderError(f"There is no room on the disk: free {size}, then try again.")
