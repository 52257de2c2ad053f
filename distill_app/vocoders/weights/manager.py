"""Fetches, imports and removes weights. A vocoder is installed whole or not at all.

    vocoders/.coming/bigvgan-v2-44k-95a9d1dcb129/    files as they come, `.part` until their SHA-256 is checked
    vocoders/bigvgan-v2-44k/                         the same folder, renamed once all of them are

What takes long is a generator: each step is a place to stop, and stopping keeps what has come.
"""

from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from distill_app.common.errors import VocoderError
from distill_app.common.units import file_size
from distill_app.vocoders.published.loader import find_files
from distill_app.vocoders.weights.hub import Hub
from distill_app.vocoders.weights.import_folder import identify_folder
from distill_app.vocoders.weights.install import (
    check_disk_space,
    check_removable,
    discard,
    install,
    staging_folder,
    uninstall,
    vocoder_lock,
)
from distill_app.vocoders.weights.manifest import ManifestEntry, read_manifest, write_manifest
from distill_app.vocoders.weights.search_paths import IMPORT_NOTE, find_weights
from distill_app.vocoders.weights.transfer import TransferProgress, copy_file, download_file, write_stderr

Check = Callable[[Path], object]
"""Given the files of an import before they are installed; raises VocoderError where they are no vocoder."""


@dataclass(frozen=True)
class WeightManager:
    """See the module.

    Args:
        entries: what can be had.
        hub: where from.
    """

    entries: tuple[ManifestEntry, ...] = field(default_factory=read_manifest)
    hub: Hub = field(default_factory=Hub)

    def entry(self, name: str) -> ManifestEntry:
        """Raises VocoderError where none of that name can be had."""
        for entry in self.entries:
            if entry.id == name:
                return entry
        known = ", ".join(entry.id for entry in self.entries)
        raise VocoderError(f"There is no vocoder “{name}” to download; choose one of: {known}.")

    def download(self, name: str, *, agreed: bool) -> Generator[TransferProgress, None, None]:
        """Fetches what is not here yet and installs it; yields how much has come.

        Args:
            agreed: whether the person was told size and licence, and wants it.

        Raises VocoderError; what had come by then is kept, and the next try goes on from there.
        """
        entry = self.entry(name)
        if not agreed:
            size = file_size(entry.size_bytes)
            raise VocoderError(f"{entry.title} is {size} to download, under {entry.licence}: agree to that first.")
        with vocoder_lock(entry.id):
            if not is_installed(entry):
                folder = staging_folder(entry)
                yield from self._fetched(entry, folder)
                install(folder, entry.id)

    def _fetched(self, entry: ManifestEntry, folder: Path) -> Iterator[TransferProgress]:
        done = 0
        check_disk_space(folder, entry)
        for file in entry.files:
            for count in download_file(self.hub, entry, file, folder):
                yield TransferProgress(done + count, entry.size_bytes)
            done += file.size_bytes
            yield TransferProgress(done, entry.size_bytes)

    def import_folder(self, source: Path, check: Check = find_files) -> Generator[TransferProgress, None, str]:
        """Copies a vocoder that lies in a folder, or is one file of it; yields how much is copied, returns its id.

        Args:
            check: by default names alone, as the thread of the downloads does without torch.

        Raises VocoderError where there is none, or it cannot be stored.
        """
        entry = identify_folder(source, self.entries)
        with vocoder_lock(entry.id):
            if not is_installed(entry):
                yield from _imported(entry, source.parent if source.is_file() else source, check)
        return entry.id

    def remove(self, name: str) -> None:
        """Takes a vocoder, or what has come of it, off this computer.

        Raises VocoderError where there is none of that name in the person's own folder, or it cannot be deleted.
        """
        check_removable(name)
        with vocoder_lock(name):
            uninstall(name)


def _imported(entry: ManifestEntry, source: Path, check: Check) -> Iterator[TransferProgress]:
    """Given up half way, it leaves nothing: to copy again takes no longer."""
    folder = staging_folder(entry)
    try:
        yield from _brought(entry, source, folder)
        if not entry.repository:  # those are known by their checksums
            check(folder)
        _note(entry, folder)
        install(folder, entry.id)
    except BaseException:
        discard(folder)
        raise


def _brought(entry: ManifestEntry, source: Path, folder: Path) -> Iterator[TransferProgress]:
    done = 0
    check_disk_space(folder, entry)
    for file in entry.files:
        for count in copy_file(source / file.name, entry, file, folder):
            yield TransferProgress(done + count, entry.size_bytes)
        done += file.size_bytes


def _note(entry: ManifestEntry, folder: Path) -> None:
    """What is in no manifest brings its own."""
    if entry.repository:
        return
    try:
        write_manifest(folder / IMPORT_NOTE, [entry])
    except OSError as error:
        raise write_stderr(error) from error


def is_installed(entry: ManifestEntry) -> bool:
    found = find_weights(entry)
    return found is not None and not found.damage
