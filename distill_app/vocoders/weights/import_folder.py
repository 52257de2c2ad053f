"""Identifies the vocoder in a folder that the user chose: a published one by its bytes, or another one."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from itertools import chain, count
from pathlib import Path

from distill_app.common.errors import VocoderError
from distill_app.common.paths import vocoder_folder
from distill_app.vocoders.built_in import BUILT_IN_VOCODERS
from distill_app.vocoders.published.folder import describe
from distill_app.vocoders.weights.manifest import ManifestEntry, WeightFile
from distill_app.vocoders.weights.search_paths import folder_names, imported_vocoders
from distill_app.vocoders.weights.transfer import sha256


def identify_folder(source: Path, entries: Sequence[ManifestEntry]) -> ManifestEntry:
    """Entry whose files are in the folder bit for bit, else an earlier import of them, else a new entry.

    Raises VocoderError where the folder cannot be read or holds no vocoder that Distill can use.
    """
    try:
        return next((entry for entry in entries if _holds(source, entry)), None) or _custom_entry(source, entries)
    except OSError as error:
        raise VocoderError(f"“{source.name}” cannot be read ({error.strerror or error}).") from error


def _holds(source: Path, entry: ManifestEntry) -> bool:
    """Whether the files of the entry are in the folder; compares sizes first, which costs nothing."""
    return all(_has_size(source / file.name, file) for file in entry.files) and all(
        sha256(source / file.name) == file.sha256 for file in entry.files
    )


def _has_size(path: Path, file: WeightFile) -> bool:
    return path.is_file() and path.stat().st_size == file.size_bytes


def _custom_entry(source: Path, entries: Iterable[ManifestEntry]) -> ManifestEntry:
    folder = describe(source)
    files = tuple(_weight_file(path) for path in (folder.files.config, folder.files.weights) if path)
    known = next((entry for entry, _ in imported_vocoders() if entry and entry.files == files), None)
    return known or ManifestEntry(
        id=_free_id(folder.title, entries),
        title=folder.title,
        summary=f"{folder.family}, imported.",
        mel_format=folder.config.mel_format,
        files=files,
        parameters=folder.cost.parameters,
        gmac_per_second=round(folder.cost.gmac_per_second, 3),
    )


def _weight_file(path: Path) -> WeightFile:
    try:
        return WeightFile(path.name, path.stat().st_size, sha256(path))
    except ValueError as error:
        raise VocoderError(f"“{path.name}” is empty, or its name is unusual; give it a plain one.") from error


def _free_id(title: str, entries: Iterable[ManifestEntry]) -> str:
    """Unused id for a title: `My Vocoder` becomes `my-vocoder`, or `my-vocoder-2` if that is taken."""
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    base = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:48] or "imported"
    taken = {info.id for info in BUILT_IN_VOCODERS} | {entry.id for entry in entries} | folder_names()
    names = chain([base], (f"{base}-{number}" for number in count(2)))
    return next(name for name in names if name not in taken and not (vocoder_folder() / name).exists())
