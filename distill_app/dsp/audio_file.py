"""Reading sound files. Every failure is one sentence that names the file and the reason.

A file is read until its decoder ends; the length that it claims ends nothing. What is missing or damaged is noted.
"""

import stat
from collections.abc import Generator, Iterable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import numpy as np

from distill_app.common.errors import AudioFileError
from distill_app.dsp.containers.byte_stream import WHOLE, Stream
from distill_app.dsp.containers.detection import SUFFIXES, is_named_sound, kind_of, streams
from distill_app.dsp.decoder import DecoderError, decoder
from distill_app.dsp.file_reading import FileReading
from distill_app.dsp.provenance import is_distill_output
from distill_app.dsp.sound import Samples, Sound

_UNSUPPORTED_ENCODING = 4
"""Error number of libsndfile."""
_UNSUPPORTED = "The format of “{}” is not supported; export the sound as WAV or FLAC."
_EMPTY = "“{}” is empty: it holds no sound."
_VALUES_LIMIT = 2**29
"""Most values held by `read_sound`: 2 GiB of float32, about 100 minutes of stereo at 44.1 kHz."""


def read_sound(path: Path, notes: list[str] | None = None) -> Sound:
    """The whole file as `[channels, frames]`.

    Args:
        notes: gets a sentence for whatever is missing of the file.

    Raises AudioFileError: missing, unreadable, no sound file, empty, damaged from the beginning, not finite, or longer
    than fits in memory.
    """
    blocks, held, rate = [], 0, 0
    for block in _checked_blocks(path, [] if notes is None else notes):
        held += block.samples.size
        if held > _VALUES_LIMIT:
            raise AudioFileError(f"“{path.name}” is too long to open at once; cut it into shorter files.")
        blocks.append(block.samples)
        rate = block.sample_rate
    return Sound(np.concatenate(blocks, axis=1), rate)


def read_pieces(path: Path, seconds: float, notes: list[str] | None = None) -> Iterator[Sound]:
    """The file as consecutive sounds of `seconds` (the last one shorter), in memory one at a time.

    Args:
        notes: gets a sentence for whatever is missing of the file, once all is read.

    Raises AudioFileError as `read_sound` does, when the damaged part is reached.
    """
    with closing(_checked_blocks(path, [] if notes is None else notes)) as blocks:
        yield from _regrouped(blocks, seconds)


def check_is_sound(path: Path) -> None:
    """Raises AudioFileError where neither the name nor the first bytes promise sound that can be read."""
    if path.suffix.lower() in SUFFIXES:
        return
    with _errors_told(path):
        kind = kind_of(path)
        if kind == "unsupported" or (not kind and is_named_sound(path)):
            raise AudioFileError(_UNSUPPORTED.format(path.name))
        if not kind:
            raise AudioFileError(f"“{path.name}” is not a sound file.")


def is_made_by_distill(path: Path) -> bool:
    """Whether the file says that Distill made it. Raises AudioFileError where it cannot be opened."""
    with _errors_told(path):
        try:
            return _is_marked(path, WHOLE)
        except DecoderError:
            return _is_marked(path, streams(path)[0])


def _is_marked(path: Path, stream: Stream) -> bool:
    with decoder(path, stream) as file:
        return is_distill_output(*file.tags)


@contextmanager
def _errors_told(path: Path) -> Iterator[None]:
    """Turns what goes wrong with a file into AudioFileError."""
    name = path.name
    try:
        _check_place(path)
        yield
    except OSError as error:
        raise AudioFileError(f"“{name}” cannot be opened: {error.strerror or error}.") from error
    except (DecoderError, ValueError, TypeError) as error:
        raise AudioFileError(_refusal(path, error)) from error


def _check_place(path: Path) -> None:
    mode = path.stat().st_mode
    if stat.S_ISDIR(mode):
        raise AudioFileError(f"“{path.name}” is a folder, not a sound file.")
    if not stat.S_ISREG(mode):
        raise AudioFileError(f"“{path.name}” is a pipe or a device, not a sound file.")


def _refusal(path: Path, error: Exception) -> str:
    """Why nothing of a file can be decoded."""
    if not path.stat().st_size:
        return _EMPTY.format(path.name)
    if getattr(error, "code", 0) == _UNSUPPORTED_ENCODING or kind_of(path) == "unsupported":
        return _UNSUPPORTED.format(path.name)
    return f"“{path.name}” is not a sound file that can be read, or it is damaged."


def _checked_blocks(path: Path, notes: list[str]) -> Generator[Sound, None, None]:
    """Blocks of any length, all of one rate and one number of channels, until every stream of the file ends."""
    with _errors_told(path):
        reading = FileReading(path, notes)
        for stream in streams(path):
            yield from reading.blocks(stream)
        if not reading.frames:
            raise AudioFileError(_EMPTY.format(path.name))


def _regrouped(blocks: Iterable[Sound], seconds: float) -> Iterator[Sound]:
    """Regroup blocks of sound into blocks of `seconds`."""
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
