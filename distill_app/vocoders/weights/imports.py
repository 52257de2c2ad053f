"""What lies in a folder that a person chose: a published vocoder, known by its bytes."""

from collections.abc import Iterable
from pathlib import Path

from distill_app.errors import VocoderError
from distill_app.vocoders.weights.manifest import Entry, WeightFile
from distill_app.vocoders.weights.transfer import sha256


def what_lies_in(source: Path, entries: Iterable[Entry]) -> Entry:
    """Raises VocoderError where it cannot be read or is nothing that Distill can use."""
    try:
        found = next((entry for entry in entries if _all_there(entry, source)), None)
    except OSError as error:
        raise VocoderError(f"“{source.name}” cannot be read ({error.strerror or error}).") from error
    if found is None:
        raise VocoderError(f"“{source.name}” holds no vocoder that Distill knows.")
    return found


def _all_there(entry: Entry, source: Path) -> bool:
    """Sizes first: they are free."""
    return all(_has_size(source / file.name, file) for file in entry.files) and all(
        sha256(source / file.name) == file.sha256 for file in entry.files
    )


def _has_size(path: Path, file: WeightFile) -> bool:
    return path.is_file() and path.stat().st_size == file.size_bytes
