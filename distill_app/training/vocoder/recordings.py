"""Recordings of any amount as one file of 16-bit samples that is mapped, not read: hours of sound take no memory.

The file is made once for the same recordings: every piece of up to a minute is scaled to full scale before it is
rounded, so that the rounding stays 98 dB below its own peak. Beside it lies an index, written last.
"""

import hashlib
import json
from collections.abc import Generator, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

from distill_app.atomic import atomic_path, not_written
from distill_app.dsp.audio_file import SUFFIXES, read_pieces
from distill_app.dsp.sound import Samples
from distill_app.errors import AudioFileError, CorpusError
from distill_app.training.corpus import SILENCE_DBFS, ScanProgress, Skipped, to_rate

_VERSION = 1
_PIECE_SECONDS = 60.0
_FULL = 32_767


@dataclass(frozen=True)
class Piece:
    """Samples `start` … `start + length` of the file, which times `scale` are the recording's."""

    start: int
    length: int
    scale: float


@dataclass(frozen=True, eq=False)
class Recordings:
    """What there is to learn from.

    Args:
        samples: 16-bit, mapped from the file.
        pieces: of it, in the order of the recordings.
        files: how many recordings there are.
        sample_rate: Hz.
        skipped: what is not learned from.
    """

    samples: NDArray[np.int16]
    pieces: tuple[Piece, ...]
    files: int
    sample_rate: int
    skipped: tuple[Skipped, ...]

    @property
    def seconds(self) -> float:
        return sum(piece.length for piece in self.pieces) / self.sample_rate

    def read(self, piece: Piece, start: int, length: int) -> Samples:
        """`[length]` of a piece, with silence after its end."""
        first = piece.start + start
        part = self.samples[first : min(first + length, piece.start + piece.length)].astype(np.float32)
        return np.pad(part * np.float32(piece.scale), (0, length - len(part)))


def gather(sources: Sequence[Path], sample_rate: int, folder: Path) -> Generator[ScanProgress, None, Recordings]:
    """Reads files and folders into `folder`, or finds there what was read before; yields after each file.

    Raises CorpusError where nothing is left to learn from, or the disk is full.
    """
    paths = _files(sources)
    data, index = _places(paths, sample_rate, folder)
    try:
        if not index.is_file():
            folder.mkdir(parents=True, exist_ok=True)
            yield from _decode(paths, sample_rate, data, index)
        return _mapped(data, index, sample_rate)
    except OSError as error:
        raise CorpusError(not_written(data, error)) from error


def _files(sources: Sequence[Path]) -> list[Path]:
    found: list[Path] = []
    for source in sources:
        if source.is_dir():
            found += sorted(path for path in source.rglob("*") if path.suffix.lower() in SUFFIXES and path.is_file())
        elif source.is_file():
            found.append(source)
        else:
            raise CorpusError(f"There is no file or folder “{source}”.")
    if not found:
        raise CorpusError(f"There are no recordings in {', '.join(f'“{source}”' for source in sources)}.")
    return list(dict.fromkeys(found))


def _places(paths: list[Path], sample_rate: int, folder: Path) -> tuple[Path, Path]:
    """The samples and their index, named after everything that they depend on."""
    known = hashlib.sha256(f"{_VERSION} {sample_rate}".encode())
    for path in paths:
        stat = path.stat()
        known.update(f"\n{path.resolve()} {stat.st_size} {stat.st_mtime_ns}".encode())
    name = known.hexdigest()[:24]
    return folder / f"{name}.int16", folder / f"{name}.json"


def _decode(paths: list[Path], sample_rate: int, data: Path, index: Path) -> Iterator[ScanProgress]:
    pieces: list[Piece] = []
    skipped: list[Skipped] = []
    with atomic_path(data) as temporary, open(temporary, "wb") as file:
        for done, path in enumerate(paths, 1):
            before = file.tell()
            try:
                pieces += _append(path, sample_rate, file)
            except (AudioFileError, CorpusError) as error:
                file.seek(before)
                file.truncate()
                skipped.append(Skipped(path.name, str(error)))
            yield ScanProgress(done, len(paths), path.name, tuple(skipped))
    if not pieces:
        data.unlink()
        raise CorpusError(f"None of the recordings can be learned from: {skipped[0].reason}")
    values = {"pieces": [list(asdict(piece).values()) for piece in pieces], "files": len(paths) - len(skipped)}
    with atomic_path(index) as temporary:
        temporary.write_text(json.dumps(values | {"skipped": [asdict(each) for each in skipped]}), encoding="utf-8")


def _append(path: Path, sample_rate: int, file: BinaryIO) -> list[Piece]:
    """Raises AudioFileError or CorpusError with the reason for skipping the file."""
    pieces = []
    for sound in read_pieces(path, _PIECE_SECONDS):
        samples = to_rate(sound, sample_rate).numpy()
        peak = float(np.abs(samples).max())
        if 20 * np.log10(max(peak, 1e-9)) < SILENCE_DBFS:
            continue
        pieces.append(Piece(file.tell() // 2, len(samples), peak / _FULL))
        file.write(np.round(samples * (_FULL / peak)).astype("<i2").tobytes())
    if not pieces:
        raise CorpusError(f"“{path.name}” is silent.")
    return pieces


def _mapped(data: Path, index: Path, sample_rate: int) -> Recordings:
    values = json.loads(index.read_text(encoding="utf-8"))
    samples = np.memmap(data, "<i2", "r")
    pieces = tuple(Piece(*each) for each in values["pieces"])
    return Recordings(
        samples, pieces, values["files"], sample_rate, tuple(Skipped(**each) for each in values["skipped"])
    )
