"""Locks between processes, on a lock file beside the file or folder that they protect."""

import errno
from pathlib import Path

from filelock import FileLock, Timeout

_UNKNOWN = frozenset((errno.ENOLCK, errno.EOPNOTSUPP, errno.ENOTSUP, errno.ENOSYS, errno.EINVAL))
"""Error numbers of file systems without locks, such as some network shares."""
_reported: set[str] = set()


class HeldElsewhereError(Exception):
    """Another program holds the lock."""


class Lock:
    """Lock held by one program at a time and released when its process ends. It never waits.

    On a file system without locks every program acquires it.

    Args:
        path: lock file, which is not deleted.
        what: name of the protected object for messages.

    Attributes:
        trouble: sentence for the user if the file system has no locks, once per `what`; else "".
    """

    def __init__(self, path: Path, what: str) -> None:
        self._what, self.trouble = what, ""
        self._lock = FileLock(path, timeout=0, thread_local=False, fallback_to_soft=False)

    def acquire(self) -> None:
        """Raises HeldElsewhereError, or OSError if the lock file cannot be created."""
        try:
            self._lock.acquire()
        except Timeout as error:
            raise HeldElsewhereError(f"{self._what} is in use") from error
        except OSError as error:
            if error.errno not in _UNKNOWN:
                raise
            self.trouble = _report_once(f"The disk with {self._what} has no locks: do not open it twice.")

    def release(self) -> None:
        self._lock.release()

    def __enter__(self) -> "Lock":
        self.acquire()
        return self

    def __exit__(self, *_: object) -> None:
        self.release()


def _report_once(sentence: str) -> str:
    """`sentence` at the first call with it, "" at later ones."""
    if sentence in _reported:
        return ""
    _reported.add(sentence)
    return sentence
