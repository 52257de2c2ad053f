"""Removing and moving files that Distill has written: only inside the folder that owns them, never through links.

A project, a cache or a training folder may come from somebody else, so that each path is looked at before anything is
done: where it really lies, and what it is.
"""

import errno
import os
import shutil
import stat
from collections.abc import Collection
from pathlib import Path


class NotOwnedError(OSError):
    """Something is not Distill's to remove or to move; `strerror` is a part of a sentence that says why."""

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(errno.EPERM, f"“{path.name}” {reason}, so it is left as it is", str(path))


def remove_file(path: Path, owner: Path) -> None:
    """A file inside the folder `owner`; one that is gone already is none. Raises OSError."""
    place = _check_owned_file(path, owner)
    if place is not None:
        place.unlink(missing_ok=True)


def move_file(path: Path, target: Path, owner: Path) -> None:
    """A file to another place, both inside the folder `owner`. Raises OSError, also where it is gone."""
    place, there = _check_owned_file(path, owner), _resolve_inside(target, owner)
    if place is None:
        raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), str(path))
    _check_owned_file(target, owner)
    place.replace(there)


def remove_folder(path: Path, owner: Path) -> None:
    """A folder inside the folder `owner` with all that is in it, where links are removed and not followed.

    Raises OSError where it is none of Distill's, and where something in it stays.
    """
    if os.path.lexists(path):
        shutil.rmtree(check_owned_folder(path, owner))


def check_owned_folder(path: Path, owner: Path) -> Path:
    """The folder, of which the path is checked: it lies inside `owner` and is no link. Raises OSError."""
    place = _resolve_inside(path, owner)
    if not stat.S_ISDIR(place.lstat().st_mode):
        raise NotOwnedError(path, "is a link or a file and not a folder of Distill's")
    return place


def remove_folder_if_unused(folder: Path, owner: Path, unneeded: Collection[str] = ()) -> None:
    """The folder inside `owner`, where nothing but files of these names lies in it. Raises OSError."""
    place = check_owned_folder(folder, owner)
    if {path.name for path in place.iterdir()} <= set(unneeded):
        for name in unneeded:
            remove_file(place / name, place)
        place.rmdir()


def is_inside(path: Path, owner: Path) -> bool:
    """Whether the path leads into the folder `owner`, links followed."""
    place, home = (Path(os.path.realpath(each)) for each in (path, owner))
    return place != home and place.is_relative_to(home)


def _check_owned_file(path: Path, owner: Path) -> Path | None:
    """None where there is none."""
    place = _resolve_inside(path, owner)
    try:
        mode = place.lstat().st_mode
    except FileNotFoundError:
        return None
    if not stat.S_ISREG(mode):
        raise NotOwnedError(path, "is a link or a folder and not a file of Distill's")
    return place


def _resolve_inside(path: Path, owner: Path) -> Path:
    """Where it lies, a link itself not followed. Raises NotOwnedError where that is not inside the folder `owner`."""
    home = Path(os.path.realpath(owner))
    place = Path(os.path.realpath(path.parent)) / path.name
    if place.name in ("", "..") or place == home or not place.is_relative_to(home):
        raise NotOwnedError(path, f"lies outside “{owner.name}”")
    return place
