"""Simulated disks: without locks, without free space, and network shares that refuse some calls."""

import errno
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

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


def is_temporary(path: str) -> bool:
    return Path(path).name.startswith(".distill-")
