"""Detection of hidden files and folders, which operating systems, disks and programs keep for themselves."""

from pathlib import Path

_NAMES = frozenset(
    {"__macosx", "$recycle.bin", "recycler", "recycled", "system volume information", "lost+found"}  # systems
    | {"network trash folder", "temporary items", "thevolumesettingsfolder", "thumbs.db", "desktop.ini"}
    | {"#recycle", "#snapshot", "@eadir", "@recycle", "@recently-snapshot", "@tmp", "~snapshot"}  # shares
)
"""Hidden names in lower case; names that begin with a dot are hidden, too: .Trash-1000, .AppleDouble, ._name."""


def is_hidden(name: str) -> bool:
    """Whether a file or folder of this name is no recording of a person's, nor holds any."""
    return name.startswith(".") or name.lower() in _NAMES


def is_hidden_below(path: Path, folder: Path) -> bool:
    """Whether a path within a folder, or a folder on the way to it, is hidden; the folder itself may be."""
    return any(map(is_hidden, path.relative_to(folder).parts))
