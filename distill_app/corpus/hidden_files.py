"""Detection of hidden files and folders of operating systems, disks and programs."""

from pathlib import Path

_NAMES = frozenset(
    {"__macosx", "$recycle.bin", "recycler", "recycled", "system volume information", "lost+found"}  # systems
    | {"network trash folder", "temporary items", "thevolumesettingsfolder", "thumbs.db", "desktop.ini"}
    | {"#recycle", "#snapshot", "@eadir", "@recycle", "@recently-snapshot", "@tmp", "~snapshot"}  # shares
)
"""Hidden names in lower case; names that begin with a dot are hidden, too: .Trash-1000, .AppleDouble, ._name."""


def is_hidden(name: str) -> bool:
    """Whether a file or folder of this name is hidden, and so no recording of the user."""
    return name.startswith(".") or name.lower() in _NAMES


def is_hidden_below(path: Path, folder: Path) -> bool:
    """Whether any part of a path below `folder` is hidden; the folder itself may be."""
    return any(map(is_hidden, path.relative_to(folder).parts))
