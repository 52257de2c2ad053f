"""Where deleted takes wait, so that undo finds them: a hidden folder beside the others, emptied with the project."""

from pathlib import Path

from distill_app.common.logging_setup import logger
from distill_app.common.owned_files import check_owned_folder, move_file, remove_folder

FOLDER = ".deleted"


class TakeTrash:
    """Takes of one folder, and none from elsewhere.

    Args:
        takes: the folder of a project that its takes lie in.
    """

    def __init__(self, takes: Path) -> None:
        self._takes, self._folder = takes, takes / FOLDER

    def put(self, take: Path) -> None:
        """A file that is gone already is none to put away. Raises OSError, also where it is no file of the folder."""
        if take.exists():
            check_owned_folder(self._takes, self._takes.parent)
            self._folder.mkdir(exist_ok=True)
            check_owned_folder(self._folder, self._takes)
            move_file(take, self._folder / take.name, self._takes)

    def restore(self, take: Path) -> None:
        """Raises OSError."""
        kept = self._folder / take.name
        if kept.exists():
            check_owned_folder(self._takes, self._takes.parent)
            move_file(kept, take, self._takes)

    def holds(self, name: str) -> bool:
        """Whether a file of that name may come back."""
        return (self._folder / name).exists()

    def empty(self) -> None:
        """For good; what cannot be removed stays."""
        try:
            check_owned_folder(self._takes, self._takes.parent)
            remove_folder(self._folder, self._takes)
        except OSError as error:
            logger.info("deleted takes stay: %s", error)
