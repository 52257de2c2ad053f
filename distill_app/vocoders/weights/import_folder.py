"""What lies in a folder that a person chose: a published vocoder, known by its bytes, or another one of their own."""

import re
import unicodedata
from collections.abc import Iterable
from itertools import chain, count
from pathlib import Path

from distill_app.common.errors import VocoderError
from distill_app.common.paths import vocoder_folder
from distill_app.vocoders.published.folder import describe
from distill_app.vocoders.registry import vocoder_entries
from distill_app.vocoders.weights.manifest import ManifestEntry, WeightFile
from distill_app.vocoders.weights.search_paths import imported
from distill_app.vocoders.weights.transfer import sha256


def identify_folder(source: Path, entries: Iterable[ManifestEntry]) -> ManifestEntry:
    """The entry whose files lie there bit for bit, or one that was imported before, or else a new one.

    Raises VocoderError where it cannot be read or is nothing that Distill can use.
    """
    try:
        return next((entry for entry in entries if _all_there(entry, source)), None) or _own(source)
    except OSError as error:
        raise VocoderError(f"“{source.name}” cannot be read ({error.strerror or error}).") from error


def _all_there(entry: ManifestEntry, source: Path) -> bool:
    """Sizes first: they are free."""
    return all(_has_size(source / file.name, file) for file in entry.files) and all(
        sha256(source / file.name) == file.sha256 for file in entry.files
    )


def _has_size(path: Path, file: WeightFile) -> bool:
    return path.is_file() and path.stat().st_size == file.size_bytes


def _own(source: Path) -> ManifestEntry:
    found = describe(source)
    files = tuple(_weight_file(path) for path in (found.files.config, found.files.weights) if path)
    known = next((entry for entry, _ in imported() if entry and entry.files == files), None)
    return known or ManifestEntry(
        id=_free_id(found.title),
        title=found.title,
        summary=f"{found.family}, imported.",
        mel_format=found.config.mel_format,
        files=files,
        parameters=found.cost.parameters,
        gmac_per_second=round(found.cost.gmac_per_second, 3),
    )


def _weight_file(path: Path) -> WeightFile:
    try:
        return WeightFile(path.name, path.stat().st_size, sha256(path))
    except ValueError as error:
        raise VocoderError(f"“{path.name}” is empty, or its name is unusual; give it a plain one.") from error


def _free_id(title: str) -> str:
    """`My Vocoder` becomes `my-vocoder`, or `my-vocoder-2` where there is one, or a folder of that name."""
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    base = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:48] or "imported"
    taken = {listing.info.id for listing in vocoder_entries()}
    names = chain([base], (f"{base}-{number}" for number in count(2)))
    return next(name for name in names if name not in taken and not (vocoder_folder() / name).exists())
