"""Downloads and copies single files: written as `.part`, checked, then renamed."""

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
_DISK_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_MIN_STATED_BYTES = 100_000
_STEP_SECONDS = 0.1
PART = ".part"


@dataclass(frozen=True)
class TransferProgress:
    """Bytes transferred so far, and in total."""

    done_bytes: int
    total_bytes: int


class ChecksumError(VocoderError):
    """A file does not have the published checksum."""


def download_file(hub: Hub, entry: ManifestEntry, file: WeightFile, folder: Path) -> Iterator[int]:
    """Download a file, or copy it from the shared cache, and check it; yields the number of bytes so far.

    Raises VocoderError; the `.part` stays for the next attempt unless its checksum is wrong.
    """
    if (folder / file.name).is_file():
        return
    if cached := hub.cached(entry, file):
        try:
            yield from copy_file(cached, entry, file, folder)
            return
        except ChecksumError:
            logger.info("the shared cache holds another %s of %s", file.name, entry.id)
    yield from _receive(hub, entry, file, part_path(file, folder))
    _finish(entry, file, folder)


def copy_file(source: Path, entry: ManifestEntry, file: WeightFile, folder: Path) -> Iterator[int]:
    """Copy a file of this computer and check it; yields the number of bytes so far. Raises VocoderError."""
    count = 0
    try:
        with source.open("rb") as from_file, part_path(file, folder).open("wb") as to_file:
            while chunk := from_file.read(_CHUNK):
                count += to_file.write(chunk)
                yield count
    except OSError as error:
        raise storage_error(error, file.size_bytes - count) from error
    _finish(entry, file, folder)


def part_path(file: WeightFile, folder: Path) -> Path:
    return folder / (file.name + PART)


def _finish(entry: ManifestEntry, file: WeightFile, folder: Path) -> None:
    """Rename a complete `.part` if its checksum is right, else delete it and raise ChecksumError."""
    part = part_path(file, folder)
    try:
        if sha256(part) == file.sha256:
            move_file(part, folder / file.name, folder)
            return
        remove_file(part, folder)
    except OSError as error:
        raise storage_error(error) from error
    raise ChecksumError(f"What came for {entry.title} is not what was published, and was thrown away; try again.")


def _receive(hub: Hub, entry: ManifestEntry, file: WeightFile, part: Path) -> Iterator[int]:
    """Resume a `.part` until it is complete; gives up after a few attempts in a row that bring nothing."""
    pauses = iter(hub.retry_seconds)
    count = part.stat().st_size if part.exists() else 0
    while count < file.size_bytes:
        before = count
        try:
            for count in _append(hub, entry, file, part, before):
                yield count
        except ConnectionLostError:
            pauses = iter(hub.retry_seconds) if count > before else pauses
            pause = next(pauses, None)
            if pause is None:
                raise
            yield from _wait(pause, count)


def _append(hub: Hub, entry: ManifestEntry, file: WeightFile, part: Path, count: int) -> Iterator[int]:
    try:
        with part.open("ab") as sink, closing(hub.read(entry, file, count)) as chunks:
            for chunk in chunks:
                count += sink.write(chunk)
                yield count
    except OSError as error:
        raise storage_error(error, file.size_bytes - count) from error


def _wait(seconds: float, count: int) -> Iterator[int]:
    """Wait in small steps, so that the download can be stopped meanwhile."""
    until = time.monotonic() + seconds
    yield count
    while (left := until - time.monotonic()) > 0:
        time.sleep(min(left, _STEP_SECONDS))
        yield count


def sha256(path: Path) -> str:
    """Checksum of a file in hex. Raises OSError."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def storage_error(error: OSError, missing_bytes: int = 0) -> VocoderError:
    """Error for the user after a failed write."""
    if error.errno in _DISK_FULL:
        return disk_full_error(missing_bytes)
    return VocoderError(f"The vocoder cannot be stored ({error.strerror or error}); look at the disk and try again.")


def disk_full_error(missing_bytes: int) -> VocoderError:
    size = file_size(max(missing_bytes, _MIN_STATED_BYTES))
    return VocoderError(f"There is no room on the disk: free {size}, then try again.")
