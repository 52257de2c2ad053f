"""Removing and moving of files that Distill has written, only inside the folder that owns them.

A project, a cache or a training folder may come from another person. Each path is checked before it is used: its
location with links followed, and its file type.
"""

import errno
import os
import shutil
import stat
from collections.abc import Collection
from pathlib import Path


class NotOwnedError(OSError):
    """A file or folder is not Distill's to remove or move; `strerror` is a clause with the reason."""

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(errno.EPERM, f"“{path.name}” {reason}, so it is left as it is", str(path))


def remove_file(path: Path, owner: Path) -> None:
    """Remove a file inside the folder `owner`, if it exists. Raises OSError."""
    place = _check_owned_file(path, owner)
    if place is not None:
        place.unlink(missing_ok=True)


def move_file(path: Path, target: Path, owner: Path) -> None:
    """Move a file to `target`, both inside the folder `owner`. Raises OSError, also if it does not exist."""
    place, there = _check_owned_file(path, owner), _resolve_inside(target, owner)
    if place is None:
        raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), str(path))
    _check_owned_file(target, owner)
    place.replace(there)


def remove_folder(path: Path, owner: Path) -> None:
    """Remove a folder inside the folder `owner` with its contents; links in it are removed, not followed.

    Raises OSError if it is not Distill's or if a part of it cannot be removed.
    """
    if os.path.lexists(path):
        shutil.rmtree(check_owned_folder(path, owner))


def check_owned_folder(path: Path, owner: Path) -> Path:
    """Resolved path of a folder inside `owner` that is no link. Raises OSError."""
    place = _resolve_inside(path, owner)
    if not stat.S_ISDIR(place.lstat().st_mode):
        raise NotOwnedError(path, "is a link or a file and not a folder of Distill's")
    return place


def remove_folder_if_unused(folder: Path, owner: Path, unneeded: Collection[str] = ()) -> None:
    """Remove a folder inside `owner` if it contains only files with the given names. Raises OSError."""
    place = check_owned_folder(folder, owner)
    if {path.name for path in place.iterdir()} <= set(unneeded):
        for name in unneeded:
            remove_file(place / name, place)
        place.rmdir()


def is_inside(path: Path, owner: Path) -> bool:
    """Whether the path, with links followed, lies inside the folder `owner`."""
    place, home = (Path(os.path.realpath(each)) for each in (path, owner))
    return place != home and place.is_relative_to(home)


def _check_owned_file(path: Path, owner: Path) -> Path | None:
    """Resolved path of a file inside `owner`; None if it does not exist. Raises NotOwnedError."""
    place = _resolve_inside(path, owner)
    try:
        mode = place.lstat().st_mode
    except FileNotFoundError:
        return None
    if not stat.S_ISREG(mode):
        raise NotOwnedError(path, "is a link or a folder and not a file of Distill's")
    return place


def _resolve_inside(path: Path, owner: Path) -> Path:
    """Resolved path, without following a link at its end.

    Raises NotOwnedError unless it lies inside the folder `owner`.
    """
    home = Path(os.path.realpath(owner))
    place = Path(os.path.realpath(path.parent)) / path.name
    if place.name in ("", "..") or place == home or not place.is_relative_to(home):
        raise NotOwnedError(path, f"lies outside “{owner.name}”")
    return place
