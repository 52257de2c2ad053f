"""Where weights lie on this computer, and what state they are in. Reads names and sizes only: it is asked often.

the person's own folder     what was downloaded or imported; the only one that Distill writes to
$DISTILL_VOCODERS           for a studio whose computers share a folder
vendor/ beside the app      where an offline build drops them
"""

import os
from collections.abc import Container, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from distill_app.common.errors import VocoderError
from distill_app.common.paths import VENDOR, vocoder_folder
from distill_app.vocoders.weights.manifest import ManifestEntry, read_manifest

SHARED_FOLDER_VARIABLE = "DISTILL_VOCODERS"
NOTE = "vocoder.toml"
"""Beside what was imported: what a manifest says of the others."""


@dataclass(frozen=True)
class LocalWeights:
    """A vocoder's folder.

    Args:
        damage: a sentence where it cannot be used, else "".
    """

    folder: Path
    damage: str = ""


def places() -> tuple[Path, ...]:
    """Where to look, first things first; those that are there."""
    shared = os.environ.get(SHARED_FOLDER_VARIABLE, "")
    return tuple(filter(_is_folder, (vocoder_folder(), *([Path(shared)] if shared else []), VENDOR)))


def _is_folder(path: Path) -> bool:
    """What may not be looked at is none."""
    try:
        return path.is_dir()
    except OSError:
        return False


def find(entry: ManifestEntry) -> LocalWeights | None:
    """Its folder: a whole one if there is any, else a damaged one, else None."""
    found = [_look(place / entry.id, entry) for place in places() if _is_folder(place / entry.id)]
    return next((each for each in found if not each.damage), found[0] if found else None)


def _look(folder: Path, entry: ManifestEntry) -> LocalWeights:
    wrong = next((file.name for file in entry.files if _size(folder / file.name) != file.size_bytes), "")
    if not wrong:
        return LocalWeights(folder)
    return LocalWeights(
        folder, f"“{wrong}” of {entry.title} is missing or damaged; remove the vocoder and get it again."
    )


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return -1


def dropped(known: Container[str]) -> Iterator[Path]:
    """Folders with a config or weights that somebody put there, which are neither `known` by name nor imported."""
    for place in places():
        for folder in sorted(place.glob("[!.]*/")):
            names = _names(folder) if folder.name not in known else []
            if NOTE not in names and any(map(_is_vocoder_file, names)):
                yield folder


def _is_vocoder_file(name: str) -> bool:
    return name in ("config.json", "config.yaml") or name.endswith(".safetensors")


def _names(folder: Path) -> list[str]:
    try:
        return [path.name for path in folder.iterdir()]
    except OSError:
        return []


def imported() -> Iterator[tuple[ManifestEntry | None, LocalWeights]]:
    """What was imported: what its note says, None where that cannot be read, and where it lies."""
    for place in places():
        for note in sorted(place.glob(f"*/{NOTE}")):
            yield _imported(note)


def _imported(note: Path) -> tuple[ManifestEntry | None, LocalWeights]:
    """Its folder's name is its id, so that a renamed one is no riddle."""
    folder = note.parent
    try:
        entry = replace(read_manifest(note)[0], id=folder.name)
    except (VocoderError, ValueError, IndexError):
        return None, LocalWeights(
            folder, f"What was imported as “{folder.name}” is damaged; remove it and import it again."
        )
    return entry, _look(folder, entry)
