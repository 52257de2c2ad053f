"""Recordings as 16-bit samples in cache files, read where needed: hours of sound take no RAM.

Every recording is decoded once into a cache file, valid while the recording is unchanged. Pieces of up to a minute are
normalized to full scale before rounding, so that the rounding error stays 98 dB below their peak. An index beside the
samples, written last, lists the pieces, or none for a silent recording.
"""

import json
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

from distill_app.common.atomic_io import atomic_path, cache_write_error_message
from distill_app.common.errors import AudioFileError, CorpusError
from distill_app.common.parsing import ParseError, parse_guard, parse_json, read_limited
from distill_app.common.typed_values import require_int, require_list, require_number
from distill_app.corpus.corpus import ScanProgress
from distill_app.corpus.decode_cache import (
    cached_path,
    decode_errors_as_corpus_errors,
    evict_least_recently_used,
    index_path,
    parse_notes,
    recording_changed_error,
    touch,
    write_cached,
)
from distill_app.corpus.discovery import Skipped
from distill_app.corpus.mel_cache import mono_at_rate
from distill_app.corpus.requirements import SILENCE_DBFS, check_length, peak_amplitude
from distill_app.dsp.decibels import amplitude_to_db
from distill_app.dsp.mono_file import read_mono
from distill_app.dsp.sound import Samples
from distill_app.training.run.spec import VOCODER_MINUTES_MAX
from distill_app.training.vocoder.recording_files import list_recordings

_VERSION = 3
_PIECE_SECONDS = 60.0
_FULL = 32_767
_BYTES = 2
_SAMPLES_MAX = 2**40
_BYTES_MAX = 16 * 2**30
"""Limit of decoded recordings: 50 hours at 44.1 kHz."""


@dataclass(frozen=True)
class Piece:
    """Samples `start` … `start + length` of a 16-bit file; times `scale` they are the recording's.

    Args:
        decode_again: writes the file again if it is missing or truncated; raises CorpusError.
    """

    file: Path
    start: int
    length: int
    scale: float
    decode_again: Callable[[], None] | None = field(default=None, compare=False)

    def read(self, start: int, length: int) -> Samples:
        """`[length]` samples from `start` on, padded with silence after the end of the piece. Raises CorpusError."""
        count = max(0, min(length, self.length - start))
        stored = self._stored(start, count)
        if stored is None and self.decode_again is not None:
            self.decode_again()
            stored = self._stored(start, count)
        if stored is None:
            raise CorpusError("The decoded recordings are gone from the cache; start again with --resume.")
        return np.pad(stored * np.float32(self.scale), (0, length - len(stored)))

    def _stored(self, start: int, count: int) -> NDArray[np.int16] | None:
        """Stored samples; None if they cannot be read."""
        try:
            stored = np.fromfile(self.file, "<i2", count, offset=_BYTES * (self.start + start))
        except OSError:
            return None
        return stored if len(stored) == count else None


@dataclass(frozen=True)
class Recordings:
    """Decoded recordings to train on.

    Args:
        pieces: in the order of the recordings.
        files: number of recordings.
        sample_rate: Hz.
        skipped: files that are not used.
    """

    pieces: tuple[Piece, ...]
    files: int
    sample_rate: int
    skipped: tuple[Skipped, ...] = ()

    @property
    def seconds(self) -> float:
        return sum(piece.length for piece in self.pieces) / self.sample_rate


def decode_recordings(
    sources: Sequence[Path], sample_rate: int, cache: Path
) -> Generator[ScanProgress, None, Recordings]:
    """Recordings of files and folders, decoded into the folder `cache` where necessary; yields after each file.

    Raises CorpusError if no usable recording is left, or the disk is full.
    """
    paths = list_recordings(sources)
    pieces: list[Piece] = []
    skipped: list[Skipped] = []
    notes: list[str] = []
    for done, path in enumerate(paths, 1):
        try:
            found = _read(path, sample_rate, cache)
            check_length(path.name, sum(piece.length for piece in found.pieces) / sample_rate)
            pieces += found.pieces
            notes += found.notes
        except (AudioFileError, CorpusError) as error:
            skipped.append(Skipped(path.name, str(error)))
        except OSError as error:
            raise CorpusError(cache_write_error_message(cache, error)) from error
        yield ScanProgress(done, len(paths), path.name, tuple(skipped), tuple(notes))
    evict_least_recently_used(cache, _BYTES_MAX, VOCODER_MINUTES_MAX)
    if not pieces:
        raise CorpusError(f"None of the recordings can be used for training: {skipped[0].reason}")
    return Recordings(tuple(pieces), len(paths) - len(skipped), sample_rate, tuple(skipped))


@dataclass(frozen=True)
class _DecodedFile:
    """Contents of a cache file.

    Args:
        pieces: none if the recording is silent.
        notes: sentences about missing parts of the file and unused channels.
    """

    pieces: tuple[Piece, ...]
    notes: tuple[str, ...]

    def to_json(self) -> str:
        rows = [[piece.start, piece.length, piece.scale] for piece in self.pieces]
        return json.dumps({"pieces": rows, "notes": self.notes})

    @classmethod
    def from_json(cls, content: bytes, data: Path) -> "_DecodedFile":
        """Parsed index. Raises ParseError if it is damaged."""
        values = parse_json(content)
        with parse_guard():
            pieces = tuple(_parse_piece(data, *row) for row in require_list(values["pieces"], "pieces"))
            return cls(pieces, parse_notes(values))


def _read(path: Path, sample_rate: int, cache: Path) -> _DecodedFile:
    """One recording, decoded if necessary.

    Raises AudioFileError or CorpusError if it cannot be used, OSError if the cache cannot be written.
    """
    data = cached_path(cache, path, f"{_VERSION} {sample_rate}", ".int16")
    found = _read_index(data) or _decode(path, sample_rate, data)
    touch(data)
    if not found.pieces:
        raise CorpusError(f"“{path.name}” is silent.")
    decode_again = partial(_decode_again, path, sample_rate, data, found)
    return replace(found, pieces=tuple(replace(piece, decode_again=decode_again) for piece in found.pieces))


def _decode_again(path: Path, sample_rate: int, data: Path, before: _DecodedFile) -> None:
    """Decode a recording whose samples are gone from the cache. Raises CorpusError if it is gone, too, or changed."""
    with decode_errors_as_corpus_errors(path):
        if _decode(path, sample_rate, data).pieces != before.pieces:
            raise recording_changed_error(path)


def _read_index(data: Path) -> _DecodedFile | None:
    """Contents of a cache file; None if its index is missing or does not match the samples, as after a crash."""
    try:
        found = _DecodedFile.from_json(read_limited(index_path(data)), data)
        size = data.stat().st_size
    except (OSError, ParseError):
        return None
    inside = all(_BYTES * (piece.start + piece.length) <= size for piece in found.pieces)
    return found if inside and size == _BYTES * sum(piece.length for piece in found.pieces) else None


def _parse_piece(data: Path, start: object, length: object, scale: object) -> Piece:
    size, frames = require_int(start, "start", 0, _SAMPLES_MAX), require_int(length, "length", 1, _SAMPLES_MAX)
    return Piece(data, size, frames, require_number(scale, "scale", 0))


def _decode(path: Path, sample_rate: int, data: Path) -> _DecodedFile:
    found = _DecodedFile((), ())

    def write(data: Path) -> None:
        nonlocal found
        with atomic_path(data) as temporary, open(temporary, "wb") as file:
            found = _append(path, sample_rate, file, data)
        with atomic_path(index_path(data)) as temporary:
            temporary.write_text(found.to_json(), encoding="utf-8")

    write_cached(data, write)
    return found


def _append(path: Path, sample_rate: int, file: BinaryIO, data: Path) -> _DecodedFile:
    """Write the pieces of a recording to `file`, omitting silent ones."""
    pieces, notes = list[Piece](), list[str]()
    for sound in read_mono(path, _PIECE_SECONDS, notes):
        if amplitude_to_db(peak_amplitude(sound.samples)) < SILENCE_DBFS:
            continue
        samples = mono_at_rate(sound, sample_rate).numpy()
        peak = peak_amplitude(samples)
        pieces.append(Piece(data, file.tell() // _BYTES, len(samples), peak / _FULL))
        file.write(np.round(samples * (_FULL / peak)).astype("<i2").tobytes())
    return _DecodedFile(tuple(pieces), tuple(notes))
