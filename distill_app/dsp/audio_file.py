"""Reading sound files. Every failure is one sentence that names the file and the reason."""

import os
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import soundfile

from distill_app.dsp.origin import is_marked
from distill_app.dsp.sound import Samples, Sound
from distill_app.errors import AudioFileError

SUFFIXES = frozenset({".wav", ".flac", ".ogg", ".oga", ".opus", ".mp3", ".aif", ".aiff", ".aifc", ".caf", ".w64"})
"""Names that promise a sound file; others in a folder are not even opened."""

_BLOCK_FRAMES = 65_536
_SHARE_LEAST = 0.99
_UNKNOWN_SIZE = 2**31 - 2**16
_VALUES_LIMIT = 2**29
"""Most values held by `read_sound`: 2 GiB of float32, about 100 minutes of stereo at 44.1 kHz."""
_RATE_LOW, _RATE_HIGH = 2_000, 1_000_000
_LEVEL_LIMIT = 1_000.0
"""60 dB over full scale: no recording, only broken data, goes there."""


def read_sound(path: Path) -> Sound:
    """The whole file as `[channels, frames]`.

    Raises AudioFileError: missing, unreadable, no sound file, empty, damaged, not finite, or longer than fits in
    memory.
    """
    with _opened(path) as file:
        blocks, held = [], 0
        for block in _blocks(file, path.name, _BLOCK_FRAMES):
            held += block.size
            if held > _VALUES_LIMIT:
                raise AudioFileError(f"“{path.name}” is too long to open at once; cut it into shorter files.")
            blocks.append(block)
        return Sound(np.concatenate(blocks, axis=1), file.samplerate)


def read_pieces(path: Path, seconds: float) -> Iterator[Sound]:
    """The file as consecutive sounds of `seconds` (the last one shorter), in memory one at a time.

    Raises AudioFileError as `read_sound` does, when the damaged part is reached.
    """
    with _opened(path) as file:
        frames = max(1, round(seconds * file.samplerate))
        for block in _blocks(file, path.name, frames):
            yield Sound(block, file.samplerate)


def is_made_by_distill(path: Path) -> bool:
    """Whether the file says that Distill made it. Raises AudioFileError where it cannot be opened."""
    with _opened(path) as file:
        return is_marked(file.software, file.comment)


@contextmanager
def _opened(path: Path) -> Iterator[soundfile.SoundFile]:
    try:
        if path.is_dir():
            raise AudioFileError(f"“{path.name}” is a folder, not a sound file.")
        if path.exists() and not path.is_file():
            raise AudioFileError(f"“{path.name}” is a pipe or a device, not a sound file.")
        with open(path, "rb"):
            pass  # libsndfile tells no more than that it could not
        with _decoder(path) as file:
            _check_header(file, path.name)
            yield file
    except OSError as error:
        raise AudioFileError(f"“{path.name}” cannot be opened: {error.strerror or error}.") from error


def _decoder(path: Path) -> soundfile.SoundFile:
    """By name: libsndfile would read an open file through callbacks, and an exception in one of them, as Ctrl-C raises,
    is lost and taken for the end of the file."""
    try:
        return soundfile.SoundFile(os.fspath(path) if sys.platform == "win32" else os.fsencode(path))
    except (soundfile.LibsndfileError, ValueError, TypeError) as error:
        raise AudioFileError(f"“{path.name}” is not a sound file that can be read, or it is damaged.") from error


def _check_header(file: soundfile.SoundFile, name: str) -> None:
    if not _RATE_LOW <= file.samplerate <= _RATE_HIGH:
        raise AudioFileError(f"“{name}” says it has a sample rate of {file.samplerate} Hz, which no recording has.")
    if (share := _share_there(file.extra_info)) < _SHARE_LEAST:
        raise AudioFileError(f"“{name}” is cut off: {share:.0%} of what it says it holds is there.")


def _share_there(log: str) -> float:
    """How much of the samples that a WAV or AIFF header claims are there, by libsndfile's log: 1 where it says nothing.

    A claim of 2 GB and more is what programs write that do not know the length yet.
    """
    found = re.search(r"^\s*(?:data|SSND) : (\d+) \(should be (\d+)\)", log, re.MULTILINE)
    claimed, there = map(int, found.groups()) if found else (1, 1)
    return there / claimed if 0 < claimed < _UNKNOWN_SIZE else 1.0


def _blocks(file: soundfile.SoundFile, name: str, frames: int) -> Iterator[Samples]:
    """Checked blocks `[channels, n]` until the file ends; the length that the header claims is not believed."""
    count = 0
    while len(block := _read(file, name, frames)):
        count += len(block)
        yield _checked(block.T, name)
    if not count:
        raise AudioFileError(f"“{name}” is empty: it holds no sound.")
    if count < file.frames < 2**40:
        rate = file.samplerate
        raise AudioFileError(f"“{name}” is cut off: {count / rate:.1f} of {file.frames / rate:.1f} seconds are there.")


def _read(file: soundfile.SoundFile, name: str, frames: int) -> Samples:
    """Up to `frames` frames `[n, channels]`, growing as they come, so that a false header reserves no memory."""
    parts: list[Samples] = []
    try:
        while frames > 0 and len(part := file.read(min(frames, _BLOCK_FRAMES), "float32", always_2d=True)):
            parts.append(part)
            frames -= len(part)
    except soundfile.LibsndfileError as error:
        raise AudioFileError(f"“{name}” is damaged and cannot be read to its end.") from error
    return np.concatenate(parts) if parts else np.empty((0, file.channels), np.float32)


def _checked(block: Samples, name: str) -> Samples:
    if not np.isfinite(block).all():
        raise AudioFileError(f"“{name}” holds values that are not numbers; export it again from where it was made.")
    if np.abs(block).max() > _LEVEL_LIMIT:
        raise AudioFileError(f"“{name}” holds values far beyond full scale; export it again from where it was made.")
    return np.ascontiguousarray(block)
