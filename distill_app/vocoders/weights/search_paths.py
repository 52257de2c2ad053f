"""Folders where weights are looked for, and the state of what is there. Reads names and sizes only, so it is cheap.

the user's own folder       downloads and imports; the only one that Distill writes to
$DISTILL_VOCODERS           shared by the computers of a studio
vendor/ beside the app      weights of an offline build
"""

import os
from collections.abc import Container, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from distill_app.common.errors import VocoderError
from distill_app.common.paths import VENDOR, vocoder_folder
from distill_app.vocoders.weights.manifest import ManifestEntry, read_manifest

SHARED_FOLDER_VARIABLE = "DISTILL_VOCODERS"
IMPORT_NOTE = "vocoder.toml"
"""Manifest of an imported vocoder, in its folder."""


@dataclass(frozen=True)
class LocalWeights:
    """Folder of a vocoder's weights.

    Args:
        damage: one sentence where they cannot be used, else "".
    """

    folder: Path
    damage: str = ""


def search_folders() -> tuple[Path, ...]:
    """Existing folders that are searched for weights, in order of precedence."""
    shared = os.environ.get(SHARED_FOLDER_VARIABLE, "")
    return tuple(filter(_is_folder, (vocoder_folder(), *([Path(shared)] if shared else []), VENDOR)))


def _is_folder(path: Path) -> bool:
    """Whether the path is a folder that can be read."""
    try:
        return path.is_dir()
    except OSError:
        return False


def find_weights(entry: ManifestEntry) -> LocalWeights | None:
    """Weights of a vocoder, intact ones first; None if there are none."""
    folders = [folder / entry.id for folder in search_folders()]
    found = [_inspect(folder, entry) for folder in folders if _is_folder(folder)]
    return next((each for each in found if not each.damage), found[0] if found else None)


def _inspect(folder: Path, entry: ManifestEntry) -> LocalWeights:
    wrong = next((file.name for file in entry.files if _size_bytes(folder / file.name) != file.size_bytes), "")
    if not wrong:
        return LocalWeights(folder)
    return LocalWeights(
        folder, f"“{wrong}” of {entry.title} is missing or damaged; remove the vocoder and get it again."
    )


def _size_bytes(path: Path) -> int:
    """Size of a file, -1 if there is none."""
    try:
        return path.stat().st_size
    except OSError:
        return -1


def unlisted_folders(known: Container[str]) -> Iterator[Path]:
    """Folders with a config or weights which are neither `known` by name nor imported."""
    for parent in search_folders():
        for folder in sorted(parent.glob("[!.]*/")):
            names = _file_names(folder) if folder.name not in known else []
            if IMPORT_NOTE not in names and any(map(_is_vocoder_file, names)):
                yield folder


def _is_vocoder_file(name: str) -> bool:
    return name in ("config.json", "config.yaml") or name.endswith(".safetensors")


def _file_names(folder: Path) -> list[str]:
    try:
        return [path.name for path in folder.iterdir()]
    except OSError:
        return []


def folder_names() -> set[str]:
    """Names of all folders in the search folders, with the names that links lead to."""
    folders = [folder for parent in search_folders() for folder in parent.glob("[!.]*/")]
    return {name for folder in folders for name in (folder.name, folder.resolve().name)}


def imported_vocoders() -> Iterator[tuple[ManifestEntry | None, LocalWeights]]:
    """Imported vocoders; the entry is None where its file is damaged."""
    for parent in search_folders():
        for note in sorted(parent.glob(f"*/{IMPORT_NOTE}")):
            yield _imported(note)


def _imported(note: Path) -> tuple[ManifestEntry | None, LocalWeights]:
    """An imported vocoder; its id is the folder's name, so that a folder may be renamed."""
    folder = note.parent
    try:
        entry = replace(read_manifest(note)[0], id=folder.name)
    except (VocoderError, ValueError, IndexError):
        return None, LocalWeights(
            folder, f"What was imported as “{folder.name}” is damaged; remove it and import it again."
        )
    return entry, _inspect(folder, entry)
