"""What is meant by what is dropped on the window."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from distill_app.common.errors import VocoderError
from distill_app.corpus.hidden_files import is_hidden_below
from distill_app.dsp.containers.detection import is_named_sound
from distill_app.models.header import SUFFIX
from distill_app.vocoders.published.loader import find_files

_LOOKED_AT = 2_000
"""Entries of a folder, so that a drop is answered at once."""


@dataclass(frozen=True)
class Dropped:
    """One of these, the others empty.

    Args:
        model: a .distillgan file to open.
        vocoder: a folder to import a vocoder from.
        recordings: files and folders to learn from.
    """

    model: Path | None = None
    vocoder: Path | None = None
    recordings: tuple[Path, ...] = ()


def meaning_of(paths: Sequence[Path], training: bool) -> Dropped:
    """By names alone; nothing is opened.

    Args:
        learning: they fell on the Learn page, where all that is no model is to be learned from. Elsewhere a folder
            that holds neither a vocoder nor recordings is taken for a vocoder's: its import says what is missing.
    """
    model = next((path for path in paths if path.suffix == SUFFIX), None)
    if model is not None:
        return Dropped(model=model)
    folders = [path for path in paths if path.is_dir()]
    vocoder = next((folder for folder in folders if _holds_vocoder(folder)), None)
    if training or (vocoder is None and _any_recording(paths, folders)):
        return Dropped(recordings=tuple(paths))
    return Dropped(vocoder=vocoder or next(iter(folders), None))


def _holds_vocoder(folder: Path) -> bool:
    try:
        find_files(folder)
    except VocoderError:
        return False
    return True


def _any_recording(paths: Sequence[Path], folders: Sequence[Path]) -> bool:
    return any(map(is_named_sound, paths)) or any(map(_holds_recordings, folders))


def _holds_recordings(folder: Path) -> bool:
    """Whether one lies among the first entries, in subfolders, too."""
    try:
        found = islice(folder.rglob("*"), _LOOKED_AT)
        return any(is_named_sound(path) and not is_hidden_below(path, folder) for path in found)
    except OSError:
        return False
