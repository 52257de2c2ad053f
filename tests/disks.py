"""Simulated disks: without locks, without free space, and network shares that refuse some calls."""

import errno
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

_NOBODY = 65_534
NO_LOCKS = (errno.ENOLCK, errno.EOPNOTSUPP, errno.ENOSYS, errno.EINVAL)


def without_locks(monkeypatch: pytest.MonkeyPatch, number: int) -> None:
    """Make every lock fail as on a share without locks."""

    def refused(*_: Any) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr("fcntl.flock", refused)
    monkeypatch.setattr("distill_app.common.file_lock._reported", set())


def refuse(
    monkeypatch: pytest.MonkeyPatch, call: str, number: int, when: Callable[[str], bool] = lambda _: True
) -> None:
    """Make a call of `os` fail with `number` if its first argument meets `when`."""
    real = getattr(os, call)

    def refused(path: Any, *rest: Any, **named: Any) -> Any:
        if when(str(path)):
            raise OSError(number, os.strerror(number))
        return real(path, *rest, **named)

    monkeypatch.setattr(os, call, refused)


@contextmanager
def file_size_limit(octets: int) -> Iterator[None]:
    """Files of this program end at `octets`, as on a full disk. POSIX."""
    import resource

    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (octets, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@contextmanager
def as_nobody() -> Iterator[None]:
    """This program may write what anyone may, also where root runs it. POSIX."""
    before = os.geteuid()
    if before == 0:
        os.seteuid(_NOBODY)
    try:
        yield
    finally:
        os.seteuid(before)


def is_temporary(path: str) -> bool:
    return Path(path).name.startswith(".distill-")
