"""Where deleted takes wait, so that undo finds them: a hidden folder beside the others, emptied with the project."""

import shutil
from pathlib import Path

FOLDER = ".deleted"


class TakeBin:
    """Of the folder that takes lie in."""

    def __init__(self, takes: Path) -> None:
        self._takes, self._folder = takes, takes / FOLDER

    def put(self, take: Path) -> None:
        """A file that is gone already is none to put away. Raises OSError."""
        if take.exists():
            self._folder.mkdir(exist_ok=True)
            take.replace(self._folder / take.name)

    def restore(self, take: Path) -> None:
        """Raises OSError."""
        kept = self._folder / take.name
        if kept.exists():
            kept.replace(take)

    def holds(self, name: str) -> bool:
        """Whether a file of that name may come back."""
        return (self._folder / name).exists()

    def empty(self) -> None:
        """For good."""
        shutil.rmtree(self._folder, ignore_errors=True)
