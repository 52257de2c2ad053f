"""A lock excludes other programs; file systems without locks are usable."""

import sys
from pathlib import Path

import pytest

from distill_app.common.file_lock import HeldElsewhereError, Lock
from tests.disks import NO_LOCKS, without_locks

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="locks of POSIX systems")


def test_a_lock_is_exclusive(tmp_path: Path) -> None:
    with Lock(tmp_path / "lock", "it"), pytest.raises(HeldElsewhereError):
        Lock(tmp_path / "lock", "it").acquire()
    with Lock(tmp_path / "lock", "it") as lock:
        assert lock.trouble == ""


@pytest.mark.parametrize("number", NO_LOCKS)
def test_a_file_system_without_locks_is_logged_once_and_used(
    number: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    without_locks(monkeypatch, number)
    with Lock(tmp_path / "lock", "“Kitchen”") as first, Lock(tmp_path / "lock", "“Kitchen”") as second:
        assert first.trouble == "The disk with “Kitchen” has no locks: do not open it twice."
        assert second.trouble == ""
    with Lock(tmp_path / "lock", "“Bath”") as other:
        assert "“Bath”" in other.trouble


def test_an_unwritable_place_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(OSError, match="file"):
        Lock(tmp_path / "file" / "lock", "it").acquire()


def test_a_link_is_not_used_as_a_lock(tmp_path: Path) -> None:
    (tmp_path / "lock").symlink_to(tmp_path / "thesis.txt")
    with pytest.raises(OSError, match="symbolic links"):
        Lock(tmp_path / "lock", "it").acquire()
    assert not (tmp_path / "thesis.txt").exists()
