"""Atomic writes work wherever `cp` could write, replace files as a whole where possible, and leave no traces."""

import errno
import logging
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from distill_app.common.atomic_io import atomic_path, cache_write_error_message, write_error_message
from distill_app.common.temp_files import create_temp_beside, remove_stale
from tests.disks import is_temporary, refuse

NAME_MAX = 255


def save(path: Path, content: str = "new", **options: Any) -> None:
    with atomic_path(path, **options) as temporary:
        temporary.write_text(content)


def tear(path: Path) -> None:
    """Ctrl-C half way."""
    with atomic_path(path) as temporary:
        temporary.write_text("ne")
        raise KeyboardInterrupt


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def test_a_failed_write_leaves_the_old_file(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("old")
    with pytest.raises(KeyboardInterrupt):
        tear(tmp_path / "a.txt")
    assert (tmp_path / "a.txt").read_text() == "old"
    assert names(tmp_path) == {"a.txt"}


@pytest.mark.parametrize("number", [errno.EPERM, errno.EOPNOTSUPP, errno.ENOSYS])
def test_a_disk_without_permission_bits_takes_files(
    number: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a.txt").write_text("old")
    (tmp_path / "a.txt").chmod(0o644)
    for call in ("chmod", "fchmod", "chown"):
        refuse(monkeypatch, call, number)
    for name in ("a.txt", "b.txt"):
        save(tmp_path / name)
        assert (tmp_path / name).read_text() == "new"


def test_permissions_are_kept_and_new_files_get_those_of_the_umask(tmp_path: Path) -> None:
    (tmp_path / "old.txt").touch()
    (tmp_path / "old.txt").chmod(0o640)
    (tmp_path / "plain.txt").touch()
    save(tmp_path / "old.txt")
    save(tmp_path / "new.txt")
    modes = {path.name: path.stat().st_mode & 0o777 for path in tmp_path.iterdir()}
    assert modes == {"old.txt": 0o640, "plain.txt": modes["plain.txt"], "new.txt": modes["plain.txt"]}


def test_a_private_file_is_never_readable_by_others(tmp_path: Path) -> None:
    (tmp_path / "secret.txt").touch(mode=0o600)
    with atomic_path(tmp_path / "secret.txt") as temporary:
        assert temporary.stat().st_mode & 0o077 == 0
        temporary.write_text("new")


@pytest.mark.skipif(not hasattr(os, "chown"), reason="there are no owners there")
def test_the_owner_is_kept_where_the_system_allows_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    given: list[tuple[int, int]] = []
    (tmp_path / "a.txt").touch()
    monkeypatch.setattr(os, "chown", lambda _path, user, group: given.append((user, group)))
    real = Path.stat

    def stat(path: Path, **options: Any) -> os.stat_result:
        found = real(path, **options)
        return os.stat_result((*found[:4], 4711, 4712, *found[6:])) if path.name == "a.txt" else found

    monkeypatch.setattr(Path, "stat", stat)
    save(tmp_path / "a.txt")
    assert given == [(4711, 4712)]


@pytest.mark.parametrize("suffix", [".wav", ".distillgan", ""])
def test_every_name_that_the_disk_takes_is_saved(suffix: str, tmp_path: Path) -> None:
    longest = "é" * ((NAME_MAX - len(suffix)) // 2)
    save(tmp_path / f"{longest}{suffix}")
    assert (tmp_path / f"{longest}{suffix}").read_text() == "new"
    with atomic_path(tmp_path / f"{longest}{suffix}") as temporary:
        assert len(os.fsencode(temporary.name)) < 70
        assert temporary.suffix == suffix
        temporary.write_text("new")


def test_a_name_that_is_too_long_is_called_that(tmp_path: Path) -> None:
    path = tmp_path / ("é" * 200)
    with pytest.raises(OSError, match=os.strerror(errno.ENAMETOOLONG)) as raised:
        save(path)
    assert (
        write_error_message(path, raised.value)
        == f"The name “{'é' * 40}…” is too long for this disk; choose a shorter one."
    )


def test_a_link_is_written_through(tmp_path: Path) -> None:
    (tmp_path / "there").mkdir()
    (tmp_path / "there" / "a.txt").write_text("old")
    (tmp_path / "link.txt").symlink_to(tmp_path / "there" / "a.txt")
    save(tmp_path / "link.txt")
    assert (tmp_path / "link.txt").is_symlink()
    assert (tmp_path / "there" / "a.txt").read_text() == "new"
    assert names(tmp_path / "there") == {"a.txt"}


def test_a_link_to_nothing_makes_the_file_that_it_names(tmp_path: Path) -> None:
    (tmp_path / "link.txt").symlink_to("a.txt")
    save(tmp_path / "link.txt")
    assert (tmp_path / "link.txt").is_symlink()
    assert (tmp_path / "a.txt").read_text() == "new"
    (tmp_path / "lost.txt").symlink_to(tmp_path / "no" / "a.txt")
    with pytest.raises(FileNotFoundError):
        save(tmp_path / "lost.txt")
    assert (tmp_path / "lost.txt").is_symlink()


def test_a_link_to_itself_stays_and_is_reported(tmp_path: Path) -> None:
    (tmp_path / "a.txt").symlink_to("a.txt")
    with pytest.raises(OSError, match=os.strerror(errno.ELOOP)):
        save(tmp_path / "a.txt")
    assert (tmp_path / "a.txt").is_symlink()


def test_a_file_with_an_owner_is_not_written_through_a_link_out_of_it(tmp_path: Path) -> None:
    (tmp_path / "own").mkdir()
    (tmp_path / "thesis.txt").write_text("old")
    for name, target in (("out.txt", tmp_path / "thesis.txt"), ("new.txt", tmp_path / "new.txt")):
        (tmp_path / "own" / name).symlink_to(target)
        with pytest.raises(PermissionError, match="link"):
            save(tmp_path / "own" / name, owner=tmp_path / "own")
    assert (tmp_path / "thesis.txt").read_text() == "old"
    assert names(tmp_path) == {"own", "thesis.txt"}
    save(tmp_path / "own" / "a.txt", owner=tmp_path / "own")


@pytest.mark.parametrize("number", [errno.EXDEV, errno.EPERM, errno.EBUSY, errno.EOPNOTSUPP])
def test_without_rename_the_file_is_written_in_place_with_a_warning(
    number: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "a.txt").write_text("a longer old content")
    refuse(monkeypatch, "replace", number)
    with caplog.at_level(logging.WARNING):
        save(tmp_path / "a.txt", "first")
        save(tmp_path / "a.txt", "second")
        save(tmp_path / "b.txt")
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == {"a.txt": "second", "b.txt": "new"}
    assert [record.args for record in caplog.records] == [("a.txt",), ("b.txt",)]


def test_a_file_in_a_read_only_folder_is_written_in_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.txt").write_text("old")
    refuse(monkeypatch, "open", errno.EACCES, is_temporary)
    save(tmp_path / "a.txt")
    save(tmp_path / "b.txt")  # as on a share that refuses hidden files
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == {"a.txt": "new", "b.txt": "new"}


def test_a_failed_new_file_is_removed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    refuse(monkeypatch, "open", errno.EACCES, is_temporary)
    with pytest.raises(KeyboardInterrupt):
        tear(tmp_path / "a.txt")
    assert names(tmp_path) == set()


@pytest.mark.skipif(not hasattr(os, "posix_fallocate"), reason="the system cannot reserve room")
def test_a_full_disk_keeps_a_file_that_is_written_in_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.txt").write_text("old")
    refuse(monkeypatch, "replace", errno.EPERM)
    refuse(monkeypatch, "posix_fallocate", errno.ENOSPC)
    with pytest.raises(OSError, match=os.strerror(errno.ENOSPC)):
        save(tmp_path / "a.txt", "a longer new content")
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == {"a.txt": "old"}


def test_a_disk_without_write_through_takes_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    refuse(monkeypatch, "fsync", errno.EINVAL)
    save(tmp_path / "a.txt")
    assert (tmp_path / "a.txt").read_text() == "new"


def test_a_folder_or_pipe_is_not_replaced(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    os.mkfifo(tmp_path / "pipe")
    for name in ("folder", "pipe"):
        with pytest.raises(OSError, match="something else of that name"):
            save(tmp_path / name)
    assert (tmp_path / "pipe").is_fifo()


def test_a_device_is_written_to_and_stays_one(tmp_path: Path) -> None:
    (tmp_path / "null.txt").symlink_to(os.devnull)
    (tmp_path / "full.txt").symlink_to("/dev/full")
    save(tmp_path / "null.txt")
    with pytest.raises(OSError, match=os.strerror(errno.ENOSPC)):
        save(tmp_path / "full.txt")
    assert Path(os.devnull).is_char_device()
    assert Path("/dev/full").is_char_device()


def test_a_full_disk_of_the_cache_is_called_that() -> None:
    full = OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    assert cache_write_error_message(Path("/c/mels"), full).startswith("The disk of Distill's cache “/c/mels” is full")
    assert "choose another place" not in cache_write_error_message(
        Path("/c/mels"), PermissionError(13, "Permission denied")
    )


@pytest.fixture
def killed(tmp_path: Path) -> Path:
    """Path of `r.wav` whose writer was killed while it saved, with the temporary file that it left."""
    code = (
        "import sys, time; from pathlib import Path; from distill_app.common.atomic_io import atomic_path\n"
        "with atomic_path(Path(sys.argv[1])) as temporary:\n"
        "    temporary.write_text('ne'); print(temporary, flush=True); time.sleep(60)"
    )
    command = [sys.executable, "-c", code, str(tmp_path / "r.wav")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as program:
        assert program.stdout is not None
        left = Path(program.stdout.readline().strip())
        save(tmp_path / "r.wav")
        assert left.exists(), "it is being written"
        program.send_signal(signal.SIGKILL)
    return left


@pytest.mark.skipif(sys.platform == "win32", reason="kills as a POSIX system does")
def test_the_next_save_removes_the_temporary_file_of_a_killed_one(killed: Path, tmp_path: Path) -> None:
    save(tmp_path / "other.wav")
    assert killed.exists(), "it belongs to another file"
    save(tmp_path / "r.wav")
    assert names(tmp_path) == {"r.wav", "other.wav"}


def test_only_temporary_files_of_distill_are_removed(tmp_path: Path) -> None:
    two_days_ago = time.time() - 2 * 24 * 3600
    ours, link = create_temp_beside(tmp_path / "r.wav"), create_temp_beside(tmp_path / "r.wav")
    link.unlink()
    link.symlink_to(ours)
    theirs = [tmp_path / name for name in (".r-cd34567.wav", ".r-original.wav", ".distill-notes.wav", "r-abcd1234.wav")]
    before = tmp_path / ".r-ab_d1234.wav"
    before.touch(mode=0o600)
    for path in theirs:
        path.touch(mode=0o644)
    for path in (ours, before, *theirs):
        os.utime(path, (two_days_ago, two_days_ago))
    remove_stale(tmp_path, "r.wav")
    assert names(tmp_path) == {link.name, *(path.name for path in theirs)}
