"""Recordings of any amount as 16-bit samples on the disk, read where they are needed: hours of sound take no memory.

Every recording is decoded once, into a file of its own that is found again as long as the recording stays as it is.
Pieces of up to a minute are scaled to full scale before they are rounded, so that the rounding stays 98 dB below their
own peak; an index beside the samples, written after them, tells the pieces, or why there are none.
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
from distill_app.common.training_paths import SUFFIX as TRAINING
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
from distill_app.corpus.hidden_files import is_hidden_below
from distill_app.corpus.mel_cache import mono_at_rate
from distill_app.corpus.requirements import SILENCE_DBFS, check_length, peak_amplitude
from distill_app.dsp.containers.detection import detect_kind, is_named_sound
from distill_app.dsp.decibels import amplitude_to_db
from distill_app.dsp.mono_file import read_mono
from distill_app.dsp.sound import Samples
from distill_app.training.run.spec import VOCODER_MINUTES_MAX

_VERSION = 3
_PIECE_SECONDS = 60.0
_FULL = 32_767
_BYTES = 2
_SAMPLES_MAX = 2**40
_BYTES_MAX = 16 * 2**30
"""Of decoded recordings: 50 hours at 44.1 kHz."""


@dataclass(frozen=True)
class Piece:
    """Samples `start` … `start + length` of a file of 16-bit samples, which times `scale` are the recording's.

    Args:
        decode_again: writes the file once more where it is gone or cut off; raises CorpusError.
    """

    file: Path
    start: int
    length: int
    scale: float
    decode_again: Callable[[], None] | None = field(default=None, compare=False)

    def read(self, start: int, length: int) -> Samples:
        """`[length]` samples from `start` on, with silence after the end of the piece. Raises CorpusError."""
        count = max(0, min(length, self.length - start))
        stored = self._stored(start, count)
        if stored is None and self.decode_again is not None:
            self.decode_again()
            stored = self._stored(start, count)
        if stored is None:
            raise CorpusError("The decoded recordings are gone from the cache; start again with --resume.")
        return np.pad(stored * np.float32(self.scale), (0, length - len(stored)))

    def _stored(self, start: int, count: int) -> NDArray[np.int16] | None:
        """None where they are not there."""
        try:
            stored = np.fromfile(self.file, "<i2", count, offset=_BYTES * (self.start + start))
        except OSError:
            return None
        return stored if len(stored) == count else None


@dataclass(frozen=True)
class Recordings:
    """What there is to learn from.

    Args:
        pieces: in the order of the recordings.
        files: how many recordings there are.
        sample_rate: Hz.
        skipped: what is not learned from.
    """

    pieces: tuple[Piece, ...]
    files: int
    sample_rate: int
    skipped: tuple[Skipped, ...] = ()

    @property
    def seconds(self) -> float:
        return sum(piece.length for piece in self.pieces) / self.sample_rate


def gather(sources: Sequence[Path], sample_rate: int, cache: Path) -> Generator[ScanProgress, None, Recordings]:
    """Reads files and folders into the folder `cache`, where they are not there yet; yields after each file.

    Raises CorpusError where nothing is left to learn from, or the disk is full.
    """
    paths = _files(sources)
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
        raise CorpusError(f"None of the recordings can be learned from: {skipped[0].reason}")
    return Recordings(tuple(pieces), len(paths) - len(skipped), sample_rate, tuple(skipped))


def _files(sources: Sequence[Path]) -> list[Path]:
    found: list[Path] = []
    for source in sources:
        try:
            found += _in(source)
        except OSError as error:
            raise CorpusError(f"“{source}” cannot be opened: {error.strerror}.") from error
    if not found:
        raise CorpusError(f"There are no recordings in {', '.join(f'“{source}”' for source in sources)}.")
    return list(dict.fromkeys(found))


def _in(source: Path) -> list[Path]:
    if source.is_dir():
        return sorted(path for path in source.rglob("*") if _is_recording(path, source))
    if source.is_file():
        return [source]
    raise CorpusError(f"There is no file or folder “{source}”.")


def _is_recording(path: Path, source: Path) -> bool:
    """Returns whether a file is a recording: not hidden, no preview of a training; True for one that cannot be read."""
    tried_out = any(folder.endswith(TRAINING) for folder in path.relative_to(source).parts[:-1])
    if tried_out or is_hidden_below(path, source) or not path.is_file():
        return False
    try:
        return is_named_sound(path) or detect_kind(path) == "sound"
    except OSError:
        return True


@dataclass(frozen=True)
class _Decoded:
    """One recording as it lies in the cache.

    Args:
        pieces: none where it is silent.
        notes: sentences about what is missing of it, and channels that are left out.
    """

    pieces: tuple[Piece, ...]
    notes: tuple[str, ...]

    def to_json(self) -> str:
        rows = [[piece.start, piece.length, piece.scale] for piece in self.pieces]
        return json.dumps({"pieces": rows, "notes": self.notes})

    @classmethod
    def from_json(cls, content: bytes, data: Path) -> "_Decoded":
        """Raises ParseError where it is damaged."""
        values = parse_json(content)
        with parse_guard():
            pieces = tuple(_piece(data, *row) for row in require_list(values["pieces"], "pieces"))
            return cls(pieces, parse_notes(values))


def _read(path: Path, sample_rate: int, cache: Path) -> _Decoded:
    """One recording, decoded where that has not been done.

    Raises AudioFileError or CorpusError where it cannot be learned from, OSError where the cache cannot be written.
    """
    data = cached_path(cache, path, f"{_VERSION} {sample_rate}", ".int16")
    found = _read_index(data) or _decoded(path, sample_rate, data)
    touch(data)
    if not found.pieces:
        raise CorpusError(f"“{path.name}” is silent.")
    decode_again = partial(_decode_again, path, sample_rate, data, found)
    return replace(found, pieces=tuple(replace(piece, decode_again=decode_again) for piece in found.pieces))


def _decode_again(path: Path, sample_rate: int, data: Path, before: _Decoded) -> None:
    """Decode a recording whose pieces are gone from the cache. Raises CorpusError where it is gone, too, or changed."""
    with decode_errors_as_corpus_errors(path):
        if _decoded(path, sample_rate, data).pieces != before.pieces:
            raise recording_changed_error(path)


def _read_index(data: Path) -> _Decoded | None:
    """None where there is none that fits the samples, as after a crash."""
    try:
        found = _Decoded.from_json(read_limited(index_path(data)), data)
        size = data.stat().st_size
    except (OSError, ParseError):
        return None
    inside = all(_BYTES * (piece.start + piece.length) <= size for piece in found.pieces)
    return found if inside and size == _BYTES * sum(piece.length for piece in found.pieces) else None


def _piece(data: Path, start: object, length: object, scale: object) -> Piece:
    size, frames = require_int(start, "start", 0, _SAMPLES_MAX), require_int(length, "length", 1, _SAMPLES_MAX)
    return Piece(data, size, frames, require_number(scale, "scale", 0))


def _decoded(path: Path, sample_rate: int, data: Path) -> _Decoded:
    found = _Decoded((), ())

    def write(data: Path) -> None:
        nonlocal found
        with atomic_path(data) as temporary, open(temporary, "wb") as file:
            found = _append(path, sample_rate, file, data)
        with atomic_path(index_path(data)) as temporary:
            temporary.write_text(found.to_json(), encoding="utf-8")

    write_cached(data, write)
    return found


def _append(path: Path, sample_rate: int, file: BinaryIO, data: Path) -> _Decoded:
    """Silent pieces are left out."""
    pieces, notes = list[Piece](), list[str]()
    for sound in read_mono(path, _PIECE_SECONDS, notes):
        if amplitude_to_db(peak_amplitude(sound.samples)) < SILENCE_DBFS:
            continue
        samples = mono_at_rate(sound, sample_rate).numpy()
        peak = peak_amplitude(samples)
        pieces.append(Piece(data, file.tell() // _BYTES, len(samples), peak / _FULL))
        file.write(np.round(samples * (_FULL / peak)).astype("<i2").tobytes())
    return _Decoded(tuple(pieces), tuple(notes))
