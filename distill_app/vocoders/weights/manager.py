"""Downloads, imports and removes weights. A vocoder is installed whole or not at all.

    vocoders/.coming/bigvgan-v2-44k-95a9d1dcb129/    staging folder; files are `.part` until their SHA-256 is checked
    vocoders/bigvgan-v2-44k/                         the same folder, renamed once all files are complete

Long jobs are generators: they can be stopped at each step, and a stopped download keeps what has arrived.
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
from distill_app.vocoders.weights.transfer import TransferProgress, copy_file, download_file, storage_error

Check = Callable[[Path], object]
"""Called with the staging folder of an import; raises VocoderError where it holds no valid vocoder."""


@dataclass(frozen=True)
class WeightManager:
    """Installs and removes weights in the user's vocoder folder.

    Args:
        entries: vocoders that can be downloaded.
        hub: where they are downloaded from.
    """

    entries: tuple[ManifestEntry, ...] = field(default_factory=read_manifest)
    hub: Hub = field(default_factory=Hub)

    def entry(self, name: str) -> ManifestEntry:
        """Entry of that id. Raises VocoderError where there is none."""
        for entry in self.entries:
            if entry.id == name:
                return entry
        known = ", ".join(entry.id for entry in self.entries)
        raise VocoderError(f"There is no vocoder “{name}” to download; choose one of: {known}.")

    def download(self, name: str, *, agreed: bool) -> Generator[TransferProgress, None, None]:
        """Download missing files of a vocoder and install it; yields the progress.

        Args:
            agreed: whether the user saw its size and licence and agreed.

        Raises VocoderError; the bytes received so far are kept, and the next attempt continues from there.
        """
        entry = self.entry(name)
        if not agreed:
            size = file_size(entry.size_bytes)
            raise VocoderError(f"{entry.title} is {size} to download, under {entry.licence}: agree to that first.")
        with vocoder_lock(entry.id):
            if not is_installed(entry):
                folder = staging_folder(entry)
                yield from self._download_files(entry, folder)
                install(folder, entry.id)

    def _download_files(self, entry: ManifestEntry, folder: Path) -> Iterator[TransferProgress]:
        done = 0
        check_disk_space(folder, entry)
        for file in entry.files:
            for count in download_file(self.hub, entry, file, folder):
                yield TransferProgress(done + count, entry.size_bytes)
            done += file.size_bytes
            yield TransferProgress(done, entry.size_bytes)

    def import_folder(self, source: Path, check: Check = find_files) -> Generator[TransferProgress, None, str]:
        """Copy the vocoder of a folder, or of one file in it; yields the progress, returns the id.

        Args:
            check: validates an unpublished vocoder; the default looks at names only and needs no torch.

        Raises VocoderError where there is none, or it cannot be written.
        """
        entry = identify_folder(source, self.entries)
        with vocoder_lock(entry.id):
            if not is_installed(entry):
                yield from _import_files(entry, source.parent if source.is_file() else source, check)
        return entry.id

    def remove(self, name: str) -> None:
        """Delete a vocoder and its partial downloads.

        Raises VocoderError where the user's folder has none of that name, or it cannot be deleted.
        """
        check_removable(name)
        with vocoder_lock(name):
            uninstall(name)


def _import_files(entry: ManifestEntry, source: Path, check: Check) -> Iterator[TransferProgress]:
    """Copy and install the files; removes the copies if it is stopped or fails."""
    folder = staging_folder(entry)
    try:
        yield from _copy_files(entry, source, folder)
        if not entry.repository:  # others were identified by their checksums
            check(folder)
            _write_note(entry, folder)
        install(folder, entry.id)
    except BaseException:
        discard(folder)
        raise


def _copy_files(entry: ManifestEntry, source: Path, folder: Path) -> Iterator[TransferProgress]:
    done = 0
    check_disk_space(folder, entry)
    for file in entry.files:
        for count in copy_file(source / file.name, entry, file, folder):
            yield TransferProgress(done + count, entry.size_bytes)
        done += file.size_bytes


def _write_note(entry: ManifestEntry, folder: Path) -> None:
    try:
        write_manifest(folder / IMPORT_NOTE, [entry])
    except OSError as error:
        raise storage_error(error) from error


def is_installed(entry: ManifestEntry) -> bool:
    """Whether intact weights of the vocoder are on this computer."""
    weights = find_weights(entry)
    return weights is not None and not weights.damage
