"""Disks as people have them: without locks, without room."""

import errno
import os
from typing import Any

import pytest

NO_LOCKS = (errno.ENOLCK, errno.EOPNOTSUPP, errno.ENOSYS, errno.EINVAL)


def without_locks(monkeypatch: pytest.MonkeyPatch, number: int) -> None:
    """Every lock is answered as by a share that has none."""

    def refused(*_: Any) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr("fcntl.flock", refused)
    monkeypatch.setattr("distill_app.locks._told", set())
