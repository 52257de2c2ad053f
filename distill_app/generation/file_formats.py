"""File formats of exported sounds, and the names of their files. No torch.

A new format is a module with an encoder and one entry in `FILE_FORMATS`.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Protocol, get_args

import numpy as np
from numpy.typing import NDArray

from distill_app.generation.export_format import Bits, ExportFormat
from distill_app.generation.wav import WavEncoder


class SoundEncoder(Protocol):
    """Encoder of one open file."""

    def write(self, samples: NDArray[np.float32] | NDArray[np.int32]) -> None:
        """Append samples `[n, channels]`: float32 for "32f", else integers of the format's bits."""

    def finish(self) -> None:
        """Complete the file; the caller closes it."""


@dataclass(frozen=True)
class FileFormat:
    """File format of exported sounds.

    Args:
        title: name in messages and file dialogs.
        bits: sample formats that it can hold.
        encoder: opens an encoder on an empty binary file, for an export format, a title and a number of channels.
    """

    title: str
    bits: tuple[Bits, ...]
    encoder: Callable[[BinaryIO, ExportFormat, str, int], SoundEncoder]


FILE_FORMATS = {".wav": FileFormat("WAV", get_args(Bits), WavEncoder)}
"""File formats by lower-case suffix; the first one is the default."""

_DEFAULT_SUFFIX = next(iter(FILE_FORMATS))
_SOUND_SUFFIX = re.compile(
    r"\.(aac|aif|aifc|aiff|alac|amr|ape|au|bwf|caf|flac|m4a|m4b|mka|mp2|mp3|mp4|mpc|oga|ogg|opus|ra|rf64|snd|spx|voc|w64"
    r"|wav|wave|webm|wma|wv)",
    re.IGNORECASE,
)


def file_format(path: Path) -> FileFormat:
    """Format by the suffix of a path; the default one for any other suffix."""
    return FILE_FORMATS.get(path.suffix.lower(), FILE_FORMATS[_DEFAULT_SUFFIX])


def is_writable_name(path: Path) -> bool:
    """Whether the suffix is that of a format that can be written."""
    return path.suffix.lower() in FILE_FORMATS


def is_unsupported_name(path: Path) -> bool:
    """Whether the suffix is that of a sound format that cannot be written."""
    return _SOUND_SUFFIX.fullmatch(path.suffix) is not None and not is_writable_name(path)


def with_sound_suffix(path: Path) -> Path:
    """Path with a writable suffix.

    The default suffix replaces that of another sound format, and is appended to any other name: `take 1.5` has none.
    """
    if is_writable_name(path):
        return path
    if is_unsupported_name(path):
        return path.with_suffix(_DEFAULT_SUFFIX)
    return path.with_name(path.name + _DEFAULT_SUFFIX)


def format_titles() -> str:
    """Titles of the formats for a sentence: "WAV", "WAV and FLAC"."""
    *others, last = (each.title for each in FILE_FORMATS.values())
    return f"{', '.join(others)} and {last}" if others else last
