"""Locks between processes, held on a lock file beside the file or folder that they guard."""

import errno
from pathlib import Path

from filelock import FileLock, Timeout

_UNKNOWN = frozenset((errno.ENOLCK, errno.EOPNOTSUPP, errno.ENOTSUP, errno.ENOSYS, errno.EINVAL))
"""Error numbers that mean a file system has no locks, as some network shares."""
_reported: set[str] = set()


class HeldElsewhereError(Exception):
    """Another program holds the lock."""


class Lock:
    """Held by one program at a time; one that is killed holds nothing any more. Never waits.

    On a disk that has no locks everybody holds it.

    Args:
        path: of the lock's file, which stays.
        what: it guards, in words.

    Attributes:
        trouble: a sentence for the person where the disk has no locks, once for each `what`; else "".
    """

    def __init__(self, path: Path, what: str) -> None:
        self._what, self.trouble = what, ""
        self._lock = FileLock(path, timeout=0, thread_local=False, fallback_to_soft=False)

    def acquire(self) -> None:
        """Raises HeldElsewhereError, or OSError where there can be no file for it."""
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
    """The sentence, "" where it has been given before."""
    if sentence in _reported:
        return ""
    _reported.add(sentence)
    return sentence
