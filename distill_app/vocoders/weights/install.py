"""The person's own folder of vocoders: what is written there, and how."""

import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from distill_app.common.errors import VocoderError
from distill_app.common.file_lock import HeldElsewhereError, Lock
from distill_app.common.logging_setup import logger
from distill_app.common.owned_files import NotOwnedError, check_owned_folder, remove_folder
from distill_app.common.paths import vocoder_folder
from distill_app.vocoders.weights.manifest import ManifestEntry
from distill_app.vocoders.weights.transfer import disk_full_error, write_stderr

_ROOM_TO_SPARE = 64 * 1024**2


@contextmanager
def vocoder_lock(name: str) -> Iterator[None]:
    """Nobody else, be it in another process, downloads, imports or removes the vocoder meanwhile.

    Raises VocoderError where somebody does.
    """
    lock = Lock(_coming() / f"{name}.lock", f"“{vocoder_folder()}”")
    try:
        lock.acquire()
    except HeldElsewhereError as error:
        raise VocoderError(f"Another window or program is busy with “{name}”; wait until it is done.") from error
    except OSError as error:
        raise write_stderr(error) from error
    if lock.trouble:
        logger.warning(lock.trouble)
    try:
        yield
    finally:
        lock.release()


def staging_folder(entry: ManifestEntry) -> Path:
    """Where its files come to; what came of another revision, or of an import, is deleted. Raises VocoderError."""
    folder = _coming() / f"{entry.id}-{entry.revision[:12] or 'import'}"
    for other in _of(entry.id):
        if other != folder or not entry.revision:
            discard(other)
    return _made(folder)


def discard(folder: Path) -> None:
    """Remove a folder of downloaded weights that cannot be used; what cannot be removed stays and is logged."""
    try:
        remove_folder(folder, vocoder_folder())
    except OSError as error:
        logger.info("what came of a vocoder stays: %s", error)


def check_disk_space(folder: Path, entry: ManifestEntry) -> None:
    """Raises VocoderError where the disk has no room for what is still to come."""
    here = sum(path.stat().st_size for path in folder.iterdir())
    missing = entry.size_bytes - here + _ROOM_TO_SPARE
    free = shutil.disk_usage(folder).free
    if free < missing:
        raise disk_full_error(missing - free)


def install(folder: Path, name: str) -> None:
    """The folder becomes the vocoder's, in one step, in place of what was there. Raises VocoderError."""
    target = vocoder_folder() / name
    try:
        for path in folder.iterdir():
            _sync(path)
        _away(target)
        check_owned_folder(folder, vocoder_folder()).rename(target)
    except OSError as error:
        raise write_stderr(error) from error


def check_removable(name: str) -> None:
    """Raises VocoderError where nothing of that name was downloaded or imported here."""
    is_name = bool(name) and Path(name).name == name and not name.startswith(".")
    if not is_name or not ((vocoder_folder() / name).is_dir() or any(_of(name))):
        raise VocoderError(f"There is no vocoder “{name}” that was downloaded or imported here.")


def uninstall(name: str) -> None:
    """Deletes the vocoder and what is coming of it. Raises VocoderError."""
    target = vocoder_folder() / name
    try:
        _away(target)
    except OSError as error:
        if isinstance(error, NotOwnedError):
            raise VocoderError(f"{error.strerror}; take it away by hand.") from error
        raise VocoderError(f"“{name}” cannot be removed ({error.strerror}); is it in use?") from error
    for folder in _of(name):
        discard(folder)


def _away(target: Path) -> None:
    """Renamed first: half a folder is never taken for a damaged vocoder."""
    if os.path.lexists(target):
        grave = _coming() / f"{target.name}-removed"
        discard(grave)
        discard(check_owned_folder(target, vocoder_folder()).rename(grave))


def _of(name: str) -> Iterator[Path]:
    """What is coming of a vocoder: `bigvgan-v2-44k-95a9d1dcb129`."""
    shape = re.compile(re.escape(name) + r"-([0-9a-f]{12}|import|removed)")
    return (path for path in _coming().iterdir() if shape.fullmatch(path.name))


def _coming() -> Path:
    return _made(vocoder_folder() / ".coming")


def _made(folder: Path) -> Path:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise VocoderError(f"The folder “{folder}” cannot be made ({error.strerror}).") from error
    return folder


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDWR)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
