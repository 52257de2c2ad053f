"""Writes to the user's vocoder folder: locks, staging folders, installation and removal."""

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
from distill_app.vocoders.weights.transfer import disk_full_error, storage_error

_SPARE_BYTES = 64 * 1024**2


@contextmanager
def vocoder_lock(name: str) -> Iterator[None]:
    """Context in which no other thread or process downloads, imports or removes the vocoder.

    Raises VocoderError where one already does.
    """
    lock = Lock(_staging_root() / f"{name}.lock", f"“{vocoder_folder()}”")
    try:
        lock.acquire()
    except HeldElsewhereError as error:
        raise VocoderError(f"Another window or program is busy with “{name}”; wait until it is done.") from error
    except OSError as error:
        raise storage_error(error) from error
    if lock.trouble:
        logger.warning(lock.trouble)
    try:
        yield
    finally:
        lock.release()


def staging_folder(entry: ManifestEntry) -> Path:
    """Staging folder of a vocoder, without remains of other revisions or of an import. Raises VocoderError."""
    folder = _staging_root() / f"{entry.id}-{entry.revision[:12] or 'import'}"
    for other in _staging_folders(entry.id):
        if other != folder or not entry.revision:
            discard(other)
    return _make_folder(folder)


def discard(folder: Path) -> None:
    """Delete a folder of weights; one that cannot be deleted is logged and stays."""
    try:
        remove_folder(folder, vocoder_folder())
    except OSError as error:
        logger.info("a folder of weights stays: %s", error)


def check_disk_space(folder: Path, entry: ManifestEntry) -> None:
    """Raises VocoderError where the disk has no room for the bytes still missing."""
    here = sum(path.stat().st_size for path in folder.iterdir())
    missing = entry.size_bytes - here + _SPARE_BYTES
    free = shutil.disk_usage(folder).free
    if free < missing:
        raise disk_full_error(missing - free)


def install(folder: Path, name: str) -> None:
    """Rename a staging folder to the vocoder's, replacing an earlier one. Raises VocoderError."""
    target = vocoder_folder() / name
    try:
        for path in folder.iterdir():
            _sync(path)
        _delete(target)
        check_owned_folder(folder, vocoder_folder()).rename(target)
    except OSError as error:
        raise storage_error(error) from error


def check_removable(name: str) -> None:
    """Raises VocoderError where no download or import of that name is in the user's folder."""
    is_name = bool(name) and Path(name).name == name and not name.startswith(".")
    if not is_name or not ((vocoder_folder() / name).is_dir() or any(_staging_folders(name))):
        raise VocoderError(f"There is no vocoder “{name}” that was downloaded or imported here.")


def uninstall(name: str) -> None:
    """Delete a vocoder and its staging folders. Raises VocoderError."""
    target = vocoder_folder() / name
    try:
        _delete(target)
    except OSError as error:
        if isinstance(error, NotOwnedError):
            raise VocoderError(f"{error.strerror}; delete it yourself.") from error
        raise VocoderError(f"“{name}” cannot be removed ({error.strerror}); is it in use?") from error
    for folder in _staging_folders(name):
        discard(folder)


def _delete(target: Path) -> None:
    """Delete a vocoder's folder, renaming it first so that a partly deleted one is never listed as damaged."""
    if os.path.lexists(target):
        trash = _staging_root() / f"{target.name}-removed"
        discard(trash)
        discard(check_owned_folder(target, vocoder_folder()).rename(trash))


def _staging_folders(name: str) -> Iterator[Path]:
    """Staging folders of a vocoder, such as `bigvgan-v2-44k-95a9d1dcb129`."""
    pattern = re.compile(re.escape(name) + r"-([0-9a-f]{12}|import|removed)")
    return (path for path in _staging_root().iterdir() if pattern.fullmatch(path.name))


def _staging_root() -> Path:
    return _make_folder(vocoder_folder() / ".coming")


def _make_folder(folder: Path) -> Path:
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
