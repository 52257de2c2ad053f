"""Reading of sound files. Every error is one sentence that names the file and the reason.

A file is decoded to the end of its data, whatever length its header claims. Missing and damaged parts become notes.
"""

import stat
from collections.abc import Generator, Iterable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import numpy as np

from distill_app.common.errors import AudioFileError
from distill_app.dsp.containers.byte_stream import WHOLE, ByteStream
from distill_app.dsp.containers.detection import SUFFIXES, detect_kind, find_streams, is_named_sound
from distill_app.dsp.decoder import DecoderError, open_decoder
from distill_app.dsp.file_reading import FileReader
from distill_app.dsp.provenance import is_distill_output
from distill_app.dsp.sound import Samples, Sound

_UNSUPPORTED_ENCODING = 4
"""Libsndfile's error number SF_ERR_UNSUPPORTED_ENCODING."""
_UNSUPPORTED = "The format of “{}” is not supported; export the sound as WAV or FLAC."
_EMPTY = "“{}” is empty: it holds no sound."
_MAX_VALUES = 2**29
"""Limit of `read_sound`: 2 GiB of float32, about 100 minutes of stereo at 44.1 kHz."""


def read_sound(path: Path, notes: list[str] | None = None) -> Sound:
    """Whole file as one sound `[channels, frames]`.

    Args:
        notes: receives a sentence for each missing or damaged part.

    Raises AudioFileError: missing, unreadable, no sound file, empty, damaged from the beginning, not finite, or longer
    than fits in memory.
    """
    blocks, held, rate = [], 0, 0
    for block in _decode_blocks(path, [] if notes is None else notes):
        held += block.samples.size
        if held > _MAX_VALUES:
            raise AudioFileError(f"“{path.name}” is too long to open at once; cut it into shorter files.")
        blocks.append(block.samples)
        rate = block.sample_rate
    return Sound(np.concatenate(blocks, axis=1), rate)


def read_pieces(path: Path, seconds: float, notes: list[str] | None = None) -> Iterator[Sound]:
    """Consecutive sounds of `seconds` (the last one shorter), of which one is in memory at a time.

    Args:
        notes: receives a sentence for each missing or damaged part, once the file is read.

    Raises AudioFileError as `read_sound` does, when the damaged part is reached.
    """
    with closing(_decode_blocks(path, [] if notes is None else notes)) as blocks:
        yield from _regroup(blocks, seconds)


def check_is_sound(path: Path) -> None:
    """Raises AudioFileError if neither the name nor the first bytes are those of a readable sound format."""
    if path.suffix.lower() in SUFFIXES:
        return
    with _audio_file_errors(path):
        kind = detect_kind(path)
        if kind == "unsupported" or (not kind and is_named_sound(path)):
            raise AudioFileError(_UNSUPPORTED.format(path.name))
        if not kind:
            raise AudioFileError(f"“{path.name}” is not a sound file.")


def is_made_by_distill(path: Path) -> bool:
    """Whether the file's tags say that Distill made it. Raises AudioFileError if it cannot be opened."""
    with _audio_file_errors(path):
        try:
            return _has_distill_tags(path, WHOLE)
        except DecoderError:
            return _has_distill_tags(path, find_streams(path)[0])


def _has_distill_tags(path: Path, stream: ByteStream) -> bool:
    with open_decoder(path, stream) as file:
        return is_distill_output(*file.tags)


@contextmanager
def _audio_file_errors(path: Path) -> Iterator[None]:
    """Raises AudioFileError for any failure to open or decode `path` in the block."""
    name = path.name
    try:
        _check_regular_file(path)
        yield
    except OSError as error:
        raise AudioFileError(f"“{name}” cannot be opened: {error.strerror or error}.") from error
    except (DecoderError, ValueError, TypeError) as error:
        raise AudioFileError(_decode_failure_message(path, error)) from error


def _check_regular_file(path: Path) -> None:
    mode = path.stat().st_mode
    if stat.S_ISDIR(mode):
        raise AudioFileError(f"“{path.name}” is a folder, not a sound file.")
    if not stat.S_ISREG(mode):
        raise AudioFileError(f"“{path.name}” is a pipe or a device, not a sound file.")


def _decode_failure_message(path: Path, error: Exception) -> str:
    """Sentence for a file of which nothing can be decoded."""
    if not path.stat().st_size:
        return _EMPTY.format(path.name)
    if getattr(error, "code", 0) == _UNSUPPORTED_ENCODING or detect_kind(path) == "unsupported":
        return _UNSUPPORTED.format(path.name)
    return f"“{path.name}” is not a sound file that can be read, or it is damaged."


def _decode_blocks(path: Path, notes: list[str]) -> Generator[Sound, None, None]:
    """Blocks of any length, of one rate and channel count, from all streams of the file."""
    with _audio_file_errors(path):
        reader = FileReader(path, notes)
        for stream in find_streams(path):
            yield from reader.blocks(stream)
        if not reader.frames:
            raise AudioFileError(_EMPTY.format(path.name))


def _regroup(blocks: Iterable[Sound], seconds: float) -> Iterator[Sound]:
    """Blocks of `seconds` from blocks of any length."""
    held: list[Samples] = []
    count, frames, rate = 0, 1, 1
    for block in blocks:
        rate = block.sample_rate
        frames = max(1, round(seconds * rate))
        held.append(block.samples)
        count += block.frames
        if count >= frames:
            joined, whole = np.concatenate(held, axis=1), count - count % frames
            for start in range(0, whole, frames):
                yield Sound(np.ascontiguousarray(joined[:, start : start + frames]), rate)
            held, count = [joined[:, whole:]], count - whole
    if count:
        yield Sound(np.concatenate(held, axis=1), rate)
