"""Temporary files beside their target: creation, recognition, and removal after their program was killed.

A name has a fixed length: `.distill-TARGET-SYSTEM-PID-RUN-RANDOM.suffix`, where TARGET, SYSTEM and RUN are hexadecimal
digests of the target's name, of the computer, and of this run of the program.
"""

import hashlib
import logging
import os
import platform
import re
import secrets
import stat
import sys
import time
from functools import cache
from pathlib import Path

_NAME_PATTERN = re.compile(
    r"\.distill-(?P<target>[0-9a-f]{8})-(?P<system>[0-9a-f]{8})-(?P<pid>\d{1,10})-(?P<run>[0-9a-f]{8})-[0-9a-f]{8}"
    r"(\.\w{1,15})?"
)
_SUFFIX = re.compile(r"\.\w{1,15}", re.ASCII)
_DAY_SECONDS = 24 * 3600
_RUN = secrets.token_hex(4)

_log = logging.getLogger(__name__)


def create_temp_beside(target: Path) -> Path:
    """New empty file in the target's folder, with permissions no wider than the target's. Raises OSError."""
    suffix = target.suffix if _SUFFIX.fullmatch(target.suffix) else ""
    random = secrets.token_hex(4)
    name = f".distill-{_digest(target.name)}-{_system_digest()}-{os.getpid()}-{_RUN}-{random}{suffix}"
    temporary = target.with_name(name)
    os.close(os.open(temporary, os.O_RDWR | os.O_CREAT | os.O_EXCL, _mode(target)))
    return temporary


def _mode(target: Path) -> int:
    """Permissions of the target plus writing by its owner; the umask applies in addition."""
    try:
        return stat.S_IMODE(target.stat().st_mode) & 0o777 | 0o600
    except OSError:
        return 0o666


def remove_stale(folder: Path, name: str | None = None) -> None:
    """Remove temporary files of killed programs; failures are logged.

    Args:
        name: name of their target; None for any.
    """
    try:
        with os.scandir(str(folder)) as entries:
            found = [folder / entry.name for entry in entries if entry.name.startswith(".")]
    except OSError as error:
        _log.info("temporary files in “%s” are not looked for: %s", folder, error)
        return
    for path in found:
        _remove_if_stale(path, name)


def _remove_if_stale(path: Path, name: str | None) -> None:
    try:
        state = path.lstat()
        if stat.S_ISREG(state.st_mode) and _is_stale(path.name, state, name):
            path.unlink()
    except OSError as error:
        _log.info("a temporary file stays: %s", error)


def _is_stale(temporary: str, state: os.stat_result, name: str | None) -> bool:
    is_old = time.time() - state.st_mtime > _DAY_SECONDS
    found = _NAME_PATTERN.fullmatch(temporary)
    if found is None:
        return is_old and name is not None and _is_of_version_0(temporary, state, name)
    if name is not None and found["target"] != _digest(name):
        return False
    return is_old or (found["system"] == _system_digest() and _has_ended(int(found["pid"]), found["run"]))


def _is_of_version_0(temporary: str, state: os.stat_result, name: str) -> bool:
    """Whether `tempfile.mkstemp` made it (up to version 0.1.0): `.STEM-xxxxxxxx.suffix`, readable by its owner only."""
    target = Path(name)
    shape = rf"\.{re.escape(target.stem)}-[a-z0-9_]{{8}}{re.escape(target.suffix)}"
    return re.fullmatch(shape, temporary) is not None and stat.S_IMODE(state.st_mode) == 0o600


def _has_ended(pid: int, run: str) -> bool:
    """Whether the process that wrote the file has ended, as far as the system tells."""
    if pid == os.getpid():
        return run != _RUN
    if sys.platform == "win32":  # os.kill would end the process
        return False
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    except (OSError, OverflowError):
        return False
    return False


@cache
def _system_digest() -> str:
    """Digest of the computer's name, and of the container if it has its own process numbers."""
    try:
        processes = str(Path("/proc/self/ns/pid").readlink())
    except OSError:
        processes = ""
    return _digest(f"{platform.node()} {processes}")


def _digest(text: str) -> str:
    return hashlib.blake2b(os.fsencode(text), digest_size=4).hexdigest()
