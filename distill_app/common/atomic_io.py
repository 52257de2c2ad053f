"""Atomic writing of files, with a fallback for every file that `cp` could write."""

import errno
import logging
import os
import shutil
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from distill_app.common.temp_files import create_temp_beside, remove_stale

_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_REFUSED = frozenset(
    (errno.EPERM, errno.EACCES, errno.EXDEV, errno.EBUSY, errno.EINVAL, errno.ENOSYS, errno.EOPNOTSUPP, errno.ENOTSUP)
)
"""Error numbers of file systems that do not support a call, in general or for this file."""
_NAME_SHOWN = 40

_log = logging.getLogger(__name__)


@contextmanager
def atomic_path(path: Path, owner: Path | None = None) -> Iterator[Path]:
    """Temporary path whose content replaces `path` at the end of the block, or is removed after an exception.

    Links are followed. Permissions are kept, and the owner if the system allows it. If the folder accepts no other
    file, or the disk cannot rename, the file is overwritten in place and a warning is logged: a power cut may damage
    it.

    Args:
        owner: folder that must contain the file after links are followed.

    Raises OSError if the file cannot be written.
    """
    target = _resolve_target(path, owner)
    with _open_staging(target) as temporary:
        yield temporary


def write_error_message(path: Path, error: OSError) -> str:
    """Sentence for a file that could not be written."""
    if error.errno in _FULL:
        return f"There is no room on the disk for “{path.name}”; free some space or choose another place."
    if error.errno == errno.ENAMETOOLONG:
        return f"The name “{shorten(path.name)}” is too long for this disk; choose a shorter one."
    return f"“{path.name}” cannot be written ({error.strerror or error}); choose another place."


def shorten(name: str) -> str:
    """First letters of a name, for a sentence."""
    return name if len(name) <= _NAME_SHOWN else f"{name[:_NAME_SHOWN]}…"


def cache_write_error_message(folder: Path, error: OSError) -> str:
    """Sentence for a cache that could not be written."""
    if error.errno in _FULL:
        return f"The disk of Distill's cache “{folder}” is full; free some space on it and try again."
    return f"Distill's cache “{folder}” cannot be written ({error.strerror or error}); look at it and try again."


def _resolve_target(path: Path, owner: Path | None) -> Path:
    """Path of the file itself, with links followed."""
    target = Path(os.path.realpath(path))
    if target.is_symlink():
        raise OSError(errno.ELOOP, os.strerror(errno.ELOOP), str(path))
    if owner is not None and not target.is_relative_to(os.path.realpath(owner)):
        raise PermissionError(errno.EPERM, f"it is a link to “{target}”", str(path))
    if target.exists() and not (target.is_file() or target.is_char_device()):
        raise OSError(errno.EINVAL, "there is something else of that name", str(path))
    return target


@contextmanager
def _open_staging(target: Path) -> Iterator[Path]:
    try:
        if target.is_char_device():
            raise OSError(errno.EINVAL, "it is a device", str(target))
        remove_stale(target.parent, target.name)
        temporary = create_temp_beside(target)
    except OSError as error:
        staged = _stage_in_temp_folder(target, error)
    else:
        staged = _stage_beside(target, temporary)
    with staged as place:
        yield place


@contextmanager
def _stage_beside(target: Path, temporary: Path) -> Iterator[Path]:
    try:
        yield temporary
        with open(temporary, "r+b") as file:
            _sync(file.fileno())
        _keep_attributes(target, temporary)
        _replace(temporary, target)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    _sync_folder(target.parent)


def _keep_attributes(target: Path, temporary: Path) -> None:
    """Copy owner and permissions of the replaced file, as far as the disk supports them."""
    try:
        before, now = target.stat(), temporary.stat()
    except OSError:
        return
    try:
        if hasattr(os, "chown") and (before.st_uid, before.st_gid) != (now.st_uid, now.st_gid):
            os.chown(temporary, before.st_uid, before.st_gid)
    except OSError as error:
        _log.debug("the owner is not kept: %s", error)
    try:
        if stat.S_IMODE(before.st_mode) != stat.S_IMODE(now.st_mode):
            temporary.chmod(stat.S_IMODE(before.st_mode) & 0o777)
    except OSError as error:
        _log.debug("the permissions are not kept: %s", error)


def _replace(temporary: Path, target: Path) -> None:
    try:
        temporary.replace(target)
    except OSError as error:
        if error.errno not in _REFUSED:
            raise
        _overwrite_in_place(temporary, target)
        temporary.unlink()


@contextmanager
def _stage_in_temp_folder(target: Path, cause: OSError) -> Iterator[Path]:
    """Staging file for a target whose folder accepts no other file.

    Raises `cause` if the target is not writable either.
    """
    is_new = not target.exists()
    try:
        os.close(os.open(target, os.O_WRONLY | os.O_CREAT, 0o666))
    except OSError:
        raise cause from None
    try:
        with tempfile.TemporaryDirectory(prefix="distill-") as folder:
            temporary = Path(folder, f"written{target.suffix}")
            yield temporary
            _overwrite_in_place(temporary, target)
    except BaseException:
        if is_new:
            target.unlink(missing_ok=True)
        raise


def _overwrite_in_place(source: Path, target: Path) -> None:
    """Overwrite a file in place; its old content survives if the disk has no room for the new content."""
    flags = os.O_WRONLY | os.O_CREAT | getattr(os, "O_BINARY", 0)
    with open(source, "rb") as new, open(os.open(target, flags, 0o666), "wb") as file:
        is_file = stat.S_ISREG(os.fstat(file.fileno()).st_mode)
        if is_file:
            _reserve(file.fileno(), os.fstat(new.fileno()).st_size)
        shutil.copyfileobj(new, file)
        if is_file:
            file.truncate()
        file.flush()
        _sync(file.fileno())
    if is_file:
        _warn_once(target)


def _reserve(handle: int, size: int) -> None:
    """Raises OSError if the disk has no room for `size` bytes."""
    before = os.fstat(handle).st_size
    try:
        if hasattr(os, "posix_fallocate") and size > before:
            os.posix_fallocate(handle, 0, size)
    except OSError as error:
        if error.errno in _FULL:
            os.ftruncate(handle, before)
            raise


@cache
def _warn_once(target: Path) -> None:
    _log.warning(
        "“%s” was written in place, as its disk or folder allows nothing else: a power cut meanwhile would damage it.",
        target.name,
    )


def _sync(handle: int) -> None:
    try:
        os.fsync(handle)
    except OSError as error:
        if error.errno not in _REFUSED:
            raise


def _sync_folder(folder: Path) -> None:
    """Flush the folder, so that the new name survives a power cut, if the system supports it."""
    try:
        handle = os.open(folder, os.O_RDONLY)
    except OSError:
        return
    try:
        os.fsync(handle)
    except OSError as error:
        _log.debug("the folder is not written through: %s", error)
    finally:
        os.close(handle)
