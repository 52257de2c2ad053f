"""Deleting and restoring takes moves and removes files of the takes' folder only."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from distill_app.common.owned_files import NotOwnedError
from distill_app.project.storage import create_project
from distill_app.ui.train.takes.trash import FOLDER, TakeTrash


@pytest.fixture
def takes(tmp_path: Path) -> Path:
    """Takes folder of a project that lies beside a thesis."""
    (tmp_path / "v").mkdir()
    (tmp_path / "v" / "thesis.wav").write_text("years")
    takes = create_project(tmp_path / "Kitchen") / "takes"
    (takes / "1.wav").write_text("a take")
    return takes


def thesis(takes: Path) -> str:
    return (takes.parent.parent / "v" / "thesis.wav").read_text()


def test_a_take_is_moved_to_the_trash_restored_and_deleted(takes: Path) -> None:
    takes_bin = TakeTrash(takes)
    takes_bin.put(takes / "1.wav")
    assert takes_bin.holds("1.wav")
    assert not (takes / "1.wav").exists()
    takes_bin.restore(takes / "1.wav")
    assert (takes / "1.wav").read_text() == "a take"
    takes_bin.put(takes / "1.wav")
    takes_bin.empty()
    assert list(takes.iterdir()) == []


def link_take(takes: Path) -> Path:
    (takes / "link.wav").symlink_to(takes.parent.parent / "v" / "thesis.wav")
    return takes / "link.wav"


def link_folder(takes: Path) -> Path:
    (takes / "linked").symlink_to(takes.parent.parent / "v")
    return takes / "linked" / "thesis.wav"


def make_folder(takes: Path) -> Path:
    (takes / "folder").mkdir()
    return takes / "folder"


@pytest.mark.parametrize(
    "path_in",
    [
        lambda takes: takes / ".." / ".." / "v" / "thesis.wav",
        lambda takes: takes.parent.parent / "v",
        lambda takes: takes.parent / "project.json",
        lambda takes: takes,
        link_take,
        link_folder,
        make_folder,
    ],
)
def test_other_files_are_not_moved_to_the_trash(path_in: Callable[[Path], Path], takes: Path) -> None:
    path = path_in(takes)
    with pytest.raises(NotOwnedError):
        TakeTrash(takes).put(path)
    TakeTrash(takes).empty()
    assert os.path.lexists(path)
    assert thesis(takes) == "years"


def test_a_trash_that_is_a_link_is_neither_filled_nor_emptied(takes: Path) -> None:
    (takes / FOLDER).symlink_to(takes.parent.parent / "v")
    with pytest.raises(NotOwnedError):
        TakeTrash(takes).put(takes / "1.wav")
    with pytest.raises(NotOwnedError):
        TakeTrash(takes).restore(takes / "thesis.wav")
    TakeTrash(takes).empty()
    assert thesis(takes) == "years"
    assert (takes / "1.wav").is_file()


def test_the_target_of_a_linked_takes_folder_is_kept(takes: Path) -> None:
    elsewhere = takes.parent.parent / "v"
    (elsewhere / FOLDER).mkdir()
    (elsewhere / FOLDER / "old.wav").touch()
    takes.rename(takes.with_name("before"))
    takes.symlink_to(elsewhere)
    with pytest.raises(NotOwnedError):
        TakeTrash(takes).put(takes / "thesis.wav")
    TakeTrash(takes).empty()
    assert thesis(takes) == "years"
    assert (elsewhere / FOLDER / "old.wav").is_file()
