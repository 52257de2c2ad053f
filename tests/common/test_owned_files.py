"""Files are removed or moved only inside a folder of Distill's, whatever a path or a link says."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from distill_app.common.owned_files import (
    NotOwnedError,
    check_owned_folder,
    is_inside,
    move_file,
    remove_file,
    remove_folder,
    remove_folder_if_unused,
)


@pytest.fixture
def own(tmp_path: Path) -> Path:
    """A folder of ours beside a thesis, with a link to it, a link to its folder, and a folder."""
    (tmp_path / "v").mkdir()
    (tmp_path / "v" / "thesis.wav").write_text("years")
    own = tmp_path / "own"
    own.mkdir()
    (own / "a.wav").write_text("a")
    (own / "link.wav").symlink_to(tmp_path / "v" / "thesis.wav")
    (own / "linked").symlink_to(tmp_path / "v")
    (own / "folder").mkdir()
    return own


def remove(path: Path, own: Path) -> None:
    remove_file(path, own)


def move(path: Path, own: Path) -> None:
    move_file(path, own / "b.wav", own)


def move_there(path: Path, own: Path) -> None:
    move_file(own / "a.wav", path, own)


OUTSIDE = [
    "../v/thesis.wav",
    "linked/thesis.wav",
    "folder/../../v/thesis.wav",
    "link.wav",
    "folder",
    "linked",
    "..",
    "",
]


def _state(folder: Path) -> dict[Path, tuple[int, ...]]:
    """Properties of all files of a folder; not the time of access, which following a link may change."""
    stats = {path: path.lstat() for path in folder.rglob("*")}
    return {
        path: (each.st_mode, each.st_ino, each.st_nlink, each.st_size, each.st_mtime_ns, each.st_ctime_ns)
        for path, each in stats.items()
    }


@pytest.mark.parametrize("action", [remove, move, move_there])
@pytest.mark.parametrize("name", OUTSIDE)
def test_nothing_outside_is_touched(action: Callable[[Path, Path], None], name: str, own: Path) -> None:
    before = _state(own.parent)
    with pytest.raises(NotOwnedError) as raised:
        action(own / name, own)
    assert raised.value.strerror
    assert raised.value.strerror.endswith("so it is left as it is")
    assert _state(own.parent) == before


@pytest.mark.parametrize("name", ["../v", "linked", "link.wav", "a.wav", "..", "", "."])
def test_no_folder_outside_is_removed(name: str, own: Path) -> None:
    for action in (remove_folder, remove_folder_if_unused, check_owned_folder):
        with pytest.raises(NotOwnedError):
            action(own / name, own)
    assert (own.parent / "v" / "thesis.wav").read_text() == "years"
    assert (own / "a.wav").is_file()


def test_own_files_are_moved_and_removed_through_linked_folders(own: Path) -> None:
    (own.parent / "way").symlink_to(own)
    move_file(own.parent / "way" / "a.wav", own / "folder" / "b.wav", own)
    assert (own / "folder" / "b.wav").read_text() == "a"
    remove_file(own / "folder" / "b.wav", own.parent / "way")
    assert not (own / "folder" / "b.wav").exists()
    remove_file(own / "folder" / "b.wav", own)
    with pytest.raises(FileNotFoundError):
        move_file(own / "folder" / "b.wav", own / "c.wav", own)


def test_links_in_an_own_folder_are_removed_without_their_targets(own: Path) -> None:
    (own / "folder" / "linked").symlink_to(own.parent / "v")
    (own / "folder" / "link.wav").symlink_to(own.parent / "v" / "thesis.wav")
    remove_folder(own / "folder", own)
    assert not os.path.lexists(own / "folder")
    assert (own.parent / "v" / "thesis.wav").read_text() == "years"


def test_a_folder_is_removed_once_it_is_empty(own: Path) -> None:
    (own / "folder" / "lock").touch()
    (own / "folder" / "mine").touch()
    remove_folder_if_unused(own / "folder", own, ["lock"])
    assert (own / "folder" / "lock").is_file()
    (own / "folder" / "mine").unlink()
    remove_folder_if_unused(own / "folder", own, ["lock"])
    assert not (own / "folder").exists()


def test_a_path_is_inside_by_its_resolved_place(own: Path) -> None:
    inside = [name for name in ("a.wav", "folder", "none.wav", *OUTSIDE) if is_inside(own / name, own)]
    assert inside == ["a.wav", "folder", "none.wav", "folder"]
