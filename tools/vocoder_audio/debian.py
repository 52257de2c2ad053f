"""Files of Debian packages, read without installing them."""

import shutil
import struct
import subprocess
import tempfile
from pathlib import Path

from distill_app.common.errors import DistillError

_DIRECTORY, _COMPRESSED = 2, 1
_NODE_BYTES = 22


class PackageError(DistillError):
    """A package, or a file of it, is not available."""


class Packages:
    """Debian packages, each downloaded once and unpacked into its own folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._fetched: dict[str, Path] = {}

    def file(self, package: str, path: str) -> Path:
        """Path of an unpacked file of a package.

        Raises:
            PackageError: there is no apt-get, the package cannot be downloaded, or it has no such file.
        """
        if package not in self._fetched:
            self._fetched[package] = self._fetch(package)
        found = self._fetched[package] / "content" / path
        if not found.is_file():
            raise PackageError(f"The Debian package {package} has no file {path}.")
        return found

    def version(self, package: str) -> str:
        """Version of a downloaded package."""
        archive = next(self._fetched[package].glob("*.deb"))
        return _output("dpkg-deb", "-f", str(archive), "Version").strip()

    def _fetch(self, package: str) -> Path:
        folder = Path(tempfile.mkdtemp(dir=self._folder))
        folder.chmod(0o755)
        command = [_apt_get(), "download", package]
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True)
        archive = next(folder.glob("*.deb"), None)
        if done.returncode or archive is None:
            raise PackageError(f"The Debian package {package} cannot be fetched: {done.stderr.strip()}")
        _output("dpkg-deb", "-x", str(archive), str(folder / "content"))
        return folder


def qt_resource(archive: bytes, path: str) -> bytes:
    """Uncompressed file inside a Qt resource archive (.rcc, format version 2 or later).

    Raises:
        PackageError: there is no such file.
    """
    tree, data, names = struct.unpack_from(">3I", archive, 8)
    node = tree
    for name in path.split("/"):
        node = tree + _NODE_BYTES * _child(archive, node, name, tree, names)
    flags, offset = struct.unpack_from(">H", archive, node + 4)[0], struct.unpack_from(">I", archive, node + 10)[0]
    if flags & (_DIRECTORY | _COMPRESSED):
        raise PackageError(f"{path} is no uncompressed file.")
    start = data + offset + 4
    return archive[start : start + struct.unpack_from(">I", archive, start - 4)[0]]


def _child(archive: bytes, node: int, name: str, tree: int, names: int) -> int:
    count, first = struct.unpack_from(">II", archive, node + 6)
    for number in range(first, first + count):
        start = names + struct.unpack_from(">I", archive, tree + _NODE_BYTES * number)[0]
        length = struct.unpack_from(">H", archive, start)[0]
        if archive[start + 6 : start + 6 + 2 * length].decode("utf-16-be") == name:
            return number
    raise PackageError(f"The resource archive has no {name}.")


def _apt_get() -> str:
    if found := shutil.which("apt-get"):
        return found
    raise PackageError("The sounds are parts of Debian packages, and this machine has no apt-get to fetch them with.")


def _output(*command: str) -> str:
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout
