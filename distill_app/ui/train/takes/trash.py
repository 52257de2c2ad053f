"""Hidden folder of deleted takes, kept for undo and emptied when the project is closed."""

from pathlib import Path

from distill_app.common.logging_setup import logger
from distill_app.common.owned_files import check_owned_folder, move_file, remove_folder

FOLDER = ".deleted"


class TakeTrash:
    """Moves take files into the trash and back; refuses files outside the folder of takes.

    Args:
        takes: folder of the takes of a project.
    """

    def __init__(self, takes: Path) -> None:
        self._takes, self._folder = takes, takes / FOLDER

    def put(self, take: Path) -> None:
        """Moves a take into the trash, if it exists.

        Raises:
            OSError: it cannot be moved, or is not in the folder of takes.
        """
        if take.exists():
            check_owned_folder(self._takes, self._takes.parent)
            self._folder.mkdir(exist_ok=True)
            check_owned_folder(self._folder, self._takes)
            move_file(take, self._folder / take.name, self._takes)

    def restore(self, take: Path) -> None:
        """Moves a take back, if it is in the trash. Raises OSError."""
        kept = self._folder / take.name
        if kept.exists():
            check_owned_folder(self._takes, self._takes.parent)
            move_file(kept, take, self._takes)

    def holds(self, name: str) -> bool:
        """Whether the trash contains a file of this name."""
        return (self._folder / name).exists()

    def empty(self) -> None:
        """Deletes the files in the trash; files that cannot be deleted stay."""
        try:
            check_owned_folder(self._takes, self._takes.parent)
            remove_folder(self._folder, self._takes)
        except OSError as error:
            logger.info("deleted takes stay: %s", error)
