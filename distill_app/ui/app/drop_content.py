"""Classification of files and folders dropped on the window, by their names."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from distill_app.common.errors import VocoderError
from distill_app.corpus.hidden_files import is_hidden_below
from distill_app.dsp.containers.detection import is_named_sound
from distill_app.models.header import SUFFIX
from distill_app.vocoders.published.loader import find_files

_ENTRIES_MAX = 2_000
"""Number of entries of a folder that are examined, so that a drop responds at once."""


@dataclass(frozen=True)
class DropContent:
    """Use of the dropped paths; at most one field is set.

    Args:
        model: a .distillgan file to open.
        vocoder: a folder to import a vocoder from.
        recordings: files and folders to train on.
    """

    model: Path | None = None
    vocoder: Path | None = None
    recordings: tuple[Path, ...] = ()


def classify_drop(paths: Sequence[Path], on_train_page: bool) -> DropContent:
    """Use of the dropped paths; no file is opened.

    Args:
        on_train_page: everything but a model is then taken for recordings. Elsewhere a folder with neither a vocoder
            nor recordings is taken for a vocoder's: its import reports what is missing.
    """
    model = next((path for path in paths if path.suffix == SUFFIX), None)
    if model is not None:
        return DropContent(model=model)
    folders = [path for path in paths if path.is_dir()]
    vocoder = next((folder for folder in folders if _holds_vocoder(folder)), None)
    if on_train_page or (vocoder is None and _any_recording(paths, folders)):
        return DropContent(recordings=tuple(paths))
    return DropContent(vocoder=vocoder or next(iter(folders), None))


def _holds_vocoder(folder: Path) -> bool:
    try:
        find_files(folder)
    except VocoderError:
        return False
    return True


def _any_recording(paths: Sequence[Path], folders: Sequence[Path]) -> bool:
    return any(map(is_named_sound, paths)) or any(map(_holds_recordings, folders))


def _holds_recordings(folder: Path) -> bool:
    """Whether a recording is among the first entries, subfolders included."""
    try:
        found = islice(folder.rglob("*"), _ENTRIES_MAX)
        return any(is_named_sound(path) and not is_hidden_below(path, folder) for path in found)
    except OSError:
        return False
