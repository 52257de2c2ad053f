"""Reading of Qt resource archives, made after Qt's documentation of the format."""

import struct
from pathlib import Path

import pytest

from tools.vocoder_audio.debian import PackageError, Packages, qt_resource


def _archive(folder: str, file: str, content: bytes, flags: int = 0) -> bytes:
    """An archive with one file in one folder, format version 3."""
    name_blocks = [struct.pack(">HI", len(name), 0) + name.encode("utf-16-be") for name in (folder, file)]
    names = b"".join(name_blocks)
    payload = struct.pack(">I", len(content)) + content
    root = struct.pack(">IHIIQ", 0, 2, 1, 1, 0)
    inner = struct.pack(">IHIIQ", 0, 2, 1, 2, 0)
    leaf = struct.pack(">IHHHIQ", len(name_blocks[0]), flags, 0, 0, 0, 0)
    data_at = 24
    header = struct.pack(
        ">4sIIIII", b"qres", 3, data_at + len(payload) + len(names), data_at, data_at + len(payload), 0
    )
    return header + payload + names + root + inner + leaf


def test_file_is_read_unchanged() -> None:
    assert qt_resource(_archive("sounds", "piano.ogg", b"OggS and more"), "sounds/piano.ogg") == b"OggS and more"


@pytest.mark.parametrize("path", ["sounds/harp.ogg", "music/piano.ogg", "sounds"])
def test_missing_file_is_named(path: str) -> None:
    with pytest.raises(PackageError, match=path.rsplit("/")[0] if path.startswith("music") else path.split("/")[-1]):
        qt_resource(_archive("sounds", "piano.ogg", b"x"), path)


def test_compressed_file_is_refused() -> None:
    with pytest.raises(PackageError, match="uncompressed"):
        qt_resource(_archive("sounds", "piano.ogg", b"x", flags=1), "sounds/piano.ogg")


def test_system_without_apt_get_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(PackageError, match="no apt-get"):
        Packages(tmp_path).file("hello", "usr/bin/hello")
