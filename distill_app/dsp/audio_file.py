"""Reading sound files. Every failure is one sentence that names the file and the reason.

A file is read until its decoder ends; the length that it claims ends nothing. What is missing or damaged is noted.
"""

import re
import stat
from collections.abc import Generator, Iterable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import numpy as np

from distill_app.dsp.containers.kinds import SUFFIXES, is_named_sound, kind_of, stream_after, streams
from distill_app.dsp.containers.stream import WHOLE, Stream
from distill_app.dsp.decoder import Decoder, DecoderError, decoder
from distill_app.dsp.origin import is_marked
from distill_app.dsp.sound import Samples, Sound
from distill_app.errors import AudioFileError

_BLOCK_FRAMES = 65_536
_SHARE_LEAST = 0.99
_UNKNOWN_SIZE = 2**31 - 2**16
_UNSUPPORTED_ENCODING = 4
"""Error number of libsndfile."""
_UNSUPPORTED = "The format of “{}” is not supported; export the sound as WAV or FLAC."
_VALUES_LIMIT = 2**29
"""Most values held by `read_sound`: 2 GiB of float32, about 100 minutes of stereo at 44.1 kHz."""
_RATE_LOW, _RATE_HIGH = 2_000, 1_000_000
_LEVEL_LIMIT = 1_000.0
"""60 dB over full scale: no recording, only broken data, goes there."""


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
        return is_marked(*file.tags)


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
    if getattr(error, "code", 0) == _UNSUPPORTED_ENCODING or kind_of(path) == "unsupported":
        return _UNSUPPORTED.format(path.name)
    return f"“{path.name}” is not a sound file that can be read, or it is damaged."


def _checked_blocks(path: Path, notes: list[str]) -> Generator[Sound, None, None]:
    """Blocks of any length, all of one rate and one number of channels, until every stream of the file ends."""
    with _errors_told(path):
        reading = _Reading(path, notes)
        for stream in streams(path):
            yield from reading.blocks(stream)
        if not reading.frames:
            raise AudioFileError(f"“{path.name}” is empty: it holds no sound.")


class _Reading:
    """The streams of a file, one after the other, as one sound."""

    def __init__(self, path: Path, notes: list[str]) -> None:
        self._path, self._notes = path, notes
        self.frames = 0
        self._rate = self._channels = 0
        self._first_damage = ""

    @property
    def _seconds(self) -> float:
        return self.frames / self._rate

    def blocks(self, stream: Stream) -> Iterator[Sound]:
        """Raises DecoderError where nothing of the file can be decoded; a later error becomes a note."""
        rest: Stream | None = stream
        while rest is not None:
            rest = yield from self._up_to_damage(rest)

    def _up_to_damage(self, stream: Stream) -> Generator[Sound, None, Stream | None]:
        """Returns what can be decoded behind the damage, None for nothing."""
        before = self.frames
        try:
            with decoder(self._path, stream) as file:
                try:
                    yield from self._fitting(file, stream)
                except DecoderError:
                    if not self.frames:
                        raise
                    return self._after_damage(file, stream, self.frames - before)
        except DecoderError:
            if not self.frames:
                raise
            self._note_damage(stream)
        return None

    def _after_damage(self, file: Decoder, stream: Stream, frames: int) -> Stream | None:
        """Notes it, unless all that is sound was there before."""
        rest = stream_after(self._path, stream, file.offset) if file.format == "MP3" else None
        if 0 < stream.frames <= frames or (file.format == "MP3" and rest is None):
            self._note_cut(stream, file, frames)
        elif rest is None:
            self._note_damage(stream)
        else:
            self._first_damage = self._first_damage or f"{self._seconds:.1f}"
            self._note(f"has damaged places, the first after {self._first_damage} seconds; they are left out")
        return rest

    def _note_damage(self, stream: Stream) -> None:
        of = f" of {stream.frames / self._rate:.1f}" if stream.frames else ""
        self._note(f"is damaged or cut off after {self._seconds:.1f}{of} seconds; what comes before is used")

    def _fitting(self, file: Decoder, stream: Stream) -> Iterator[Sound]:
        name, before = self._path.name, self.frames
        if not _RATE_LOW <= file.sample_rate <= _RATE_HIGH:
            raise AudioFileError(
                f"“{name}” says it has a sample rate of {file.sample_rate} Hz, which no recording has."
            )
        self._rate, self._channels = self._rate or file.sample_rate, self._channels or file.channels
        if file.sample_rate != self._rate:
            self._note(f"changes its sample rate after {self._seconds:.1f} seconds; what comes then is left out")
            return
        while len(block := file.read(_BLOCK_FRAMES)):
            self.frames += len(block)
            yield Sound(_with_channels(_checked(block.T, name), self._channels), self._rate)
        self._note_cut(stream, file, self.frames - before)

    def _note_cut(self, stream: Stream, file: Decoder, frames: int) -> None:
        """What the format says and is not there."""
        share = min(frames / stream.frames if stream.frames else stream.share, _share_there(file.log))
        if share < _SHARE_LEAST:
            self._note(f"is cut off: {share:.0%} of what it says it holds is there, and used")

    def _note(self, words: str) -> None:
        sentence = f"“{self._path.name}” {words}."
        if sentence not in self._notes:
            self._notes.append(sentence)


def _share_there(log: str) -> float:
    """How much of what a header claims is there, by libsndfile's log of AIFF, AU and W64: 1 where it says nothing.

    A claim of 2 GB and more is what programs write that do not know the length yet.
    """
    found = re.search(r"^\s*(?:SSND|Data Size|riff)\s*: (\d+) \(should be (\d+)\)", log, re.MULTILINE)
    claimed, there = map(int, found.groups()) if found else (1, 1)
    return there / claimed if 0 < claimed < _UNKNOWN_SIZE else 1.0


def _with_channels(block: Samples, channels: int) -> Samples:
    """Block `[n, frames]` with another number of channels, as where files of two kinds were joined."""
    return block if len(block) == channels else np.repeat(block.mean(axis=0, keepdims=True), channels, axis=0)


def _regrouped(blocks: Iterable[Sound], seconds: float) -> Iterator[Sound]:
    """The same sound in pieces of `seconds`."""
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


def _checked(block: Samples, name: str) -> Samples:
    if not np.isfinite(block).all():
        raise AudioFileError(f"“{name}” holds values that are not numbers; export it again from where it was made.")
    if np.abs(block).max() > _LEVEL_LIMIT:
        raise AudioFileError(f"“{name}” holds values far beyond full scale; export it again from where it was made.")
    return np.ascontiguousarray(block)
