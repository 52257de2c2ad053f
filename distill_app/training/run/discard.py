"""Removal of a training that could be resumed."""

from pathlib import Path

from distill_app.common.errors import TrainingError
from distill_app.common.file_lock import HeldElsewhereError, Lock
from distill_app.common.owned_files import check_owned_folder, remove_file, remove_folder_if_unused
from distill_app.common.training_paths import BASE_MODEL, DEMO_PREFIX, LOCK, ORIGINAL


def discard_training(checkpoint: Path) -> None:
    """Removes a checkpoint and the demos beside it.

    Raises TrainingError where another program trains there, or the files cannot be removed.
    """
    folder = checkpoint.parent
    if not folder.is_dir():
        return
    try:
        check_owned_folder(folder, folder.parent)
        with Lock(folder / LOCK, f"“{folder.name}”"):
            for path in (checkpoint, *folder.glob(f"{DEMO_PREFIX}*"), folder / ORIGINAL, folder / BASE_MODEL):
                remove_file(path, folder)
        remove_folder_if_unused(folder, folder.parent, [LOCK])
    except HeldElsewhereError as error:
        sentence = "This training goes on in another window or program; it can be removed when that ends."
        raise TrainingError(sentence) from error
    except OSError as error:
        raise TrainingError(f"The training in “{folder.name}” cannot be removed ({error.strerror}).") from error
