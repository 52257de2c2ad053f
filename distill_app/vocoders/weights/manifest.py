"""Manifests of published vocoders: `vendor/manifest.toml`, and one in the folder of each imported vocoder."""

import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

import tomli_w

from distill_app.common.errors import VocoderError
from distill_app.common.parsing import ParseError, parse_guard, parse_toml, read_limited, strip_control_characters
from distill_app.common.paths import VENDOR
from distill_app.dsp.mel_format import MelFormat
from distill_app.vocoders.base import VocoderInfo
from distill_app.vocoders.networks.flops import is_live

MANIFEST = VENDOR / "manifest.toml"
_BYTES_MAX = 32 * 1024
"""Limit of a manifest: parsing a hostile file of more takes too long."""
_ID = re.compile(r"[a-z0-9][a-z0-9.-]{0,63}")
_FILE_NAME = re.compile(r"[^./\\:\x00-\x1f][^/\\:\x00-\x1f]{0,127}")
_SHA256 = re.compile(r"[0-9a-f]{64}")
_REVISION = re.compile(r"[0-9a-f]{40}")


@dataclass(frozen=True)
class WeightFile:
    """A published file: name, size, SHA-256 in hex.

    Raises ValueError where one of them is invalid.
    """

    name: str
    size_bytes: int
    sha256: str

    def __post_init__(self) -> None:
        if not _FILE_NAME.fullmatch(self.name) or not _SHA256.fullmatch(self.sha256):
            raise ValueError("a file of weights has a plain name and a SHA-256")
        if type(self.size_bytes) is not int or self.size_bytes < 1:
            raise ValueError("a file of weights has a size in bytes")


@dataclass(frozen=True)
class ManifestEntry:
    """A vocoder of a manifest.

    Args:
        id: its id, and the name of its folder.
        repository, revision: repository on the Hugging Face Hub and commit, "" for an import.
        licence: SPDX identifier of the weights, "" if unknown.
        licence_file: text of the licence, relative to `vendor/`.
        parameters: number of trained values, 0 if not counted.
        gmac_per_second: billions of multiply-accumulates per second of sound, 0 if not counted.
        provenance: source of the checksums.

    Raises ValueError where a value is invalid.
    """

    id: str
    title: str
    summary: str
    mel_format: MelFormat
    files: tuple[WeightFile, ...]
    licence: str = ""
    licence_file: str = ""
    repository: str = ""
    revision: str = ""
    parameters: int = 0
    gmac_per_second: float = 0.0
    provenance: str = ""

    def __post_init__(self) -> None:
        if not _ID.fullmatch(self.id) or not self.files:
            raise ValueError("a vocoder has an id in small letters, and files")
        if self.repository and not _REVISION.fullmatch(self.revision):
            raise ValueError("a repository is pinned to a commit")
        if type(self.gmac_per_second) not in (int, float) or not 0 <= self.gmac_per_second < math.inf:
            raise ValueError("gmac_per_second is a finite number from 0 up")

    @property
    def size_bytes(self) -> int:
        return sum(file.size_bytes for file in self.files)

    @property
    def licence_path(self) -> Path | None:
        return VENDOR / self.licence_file if self.licence_file else None

    @property
    def info(self) -> VocoderInfo:
        return VocoderInfo(
            id=self.id,
            title=self.title,
            summary=self.summary,
            mel_format=self.mel_format,
            parameters=self.parameters,
            licence=self.licence,
            live=is_live(self.gmac_per_second),
            size_bytes=self.size_bytes,
        )


def read_manifest(path: Path = MANIFEST) -> tuple[ManifestEntry, ...]:
    """Entries of a manifest in their order. Raises VocoderError where it cannot be read or is invalid."""
    try:
        values = parse_toml(read_limited(path, _BYTES_MAX), size_max=_BYTES_MAX)
        with parse_guard():
            return tuple(_entry(each) for each in values["vocoder"])
    except OSError as error:
        raise VocoderError(f"The list of vocoders “{path}” cannot be opened: {error.strerror}.") from error
    except ParseError as error:
        raise VocoderError(f"The list of vocoders “{path}” is damaged ({strip_control_characters(error)}).") from error


def write_manifest(path: Path, entries: Iterable[ManifestEntry]) -> None:
    """Write a manifest file. Raises OSError."""
    path.write_text(tomli_w.dumps({"vocoder": [_without_none(asdict(entry)) for entry in entries]}), encoding="utf-8")


def _entry(values: Mapping[str, Any]) -> ManifestEntry:
    mel_format = MelFormat.from_dict(asdict(MelFormat()) | values["mel_format"])
    files = tuple(WeightFile(**each) for each in values["files"])
    entry = ManifestEntry(**{**values, "mel_format": mel_format, "files": files})
    for field in fields(ManifestEntry):
        value = getattr(entry, field.name)
        if field.type in (str, int) and type(value) is not field.type:
            raise ValueError(f"{field.name} of a vocoder is of another kind")
    return entry


def _without_none(values: dict[str, Any]) -> dict[str, Any]:
    """Remove None values, which TOML lacks; a missing value is read as None."""
    return {
        name: _without_none(value) if isinstance(value, dict) else value
        for name, value in values.items()
        if value is not None
    }
