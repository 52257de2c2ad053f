"""Giving up a training that could go on."""

from pathlib import Path

from filelock import FileLock, Timeout

from distill_app.errors import TrainingError
from distill_app.training.places import DEMO, LOCK, ORIGIN, ORIGINAL


def discard_training(checkpoint: Path) -> None:
    """Takes away what it would go on with, and its sounds.

    Raises TrainingError where another program is at it, or the files cannot be removed.
    """
    folder = checkpoint.parent
    if not folder.is_dir():
        return
    try:
        with FileLock(folder / LOCK, timeout=0):
            for path in (checkpoint, *folder.glob(f"{DEMO}*"), folder / ORIGINAL, folder / ORIGIN):
                path.unlink(missing_ok=True)
        _remove_empty(folder)
    except Timeout as error:
        sentence = "This training goes on in another window or program; it can be removed when that ends."
        raise TrainingError(sentence) from error
    except OSError as error:
        raise TrainingError(f"The training in “{folder.name}” cannot be removed ({error.strerror}).") from error


def _remove_empty(folder: Path) -> None:
    """The folder, where nothing of somebody else's lies in it."""
    if {path.name for path in folder.iterdir()} <= {LOCK}:
        (folder / LOCK).unlink(missing_ok=True)
        folder.rmdir()
