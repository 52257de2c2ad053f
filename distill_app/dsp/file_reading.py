"""Decoding of the streams of a sound file in order, with a note on each part that is missing or damaged."""

import re
from collections.abc import Generator, Iterator
from pathlib import Path

import numpy as np

from distill_app.common.errors import AudioFileError
from distill_app.dsp.containers.byte_stream import Stream
from distill_app.dsp.containers.chunks import UNKNOWN_SIZE
from distill_app.dsp.containers.detection import stream_after
from distill_app.dsp.decoder import Decoder, DecoderError, decoder
from distill_app.dsp.sound import Samples, Sound

_BLOCK_FRAMES = 65_536
_SHARE_LEAST = 0.99
_RATE_LOW, _RATE_HIGH = 2_000, 1_000_000
_HEAD_BYTES, _TAIL_BYTES = 4, 4096
"""Bytes of an MP3 frame header, and of the last frames, which are ignored where no more sound is in them."""
_LEVEL_LIMIT = 1_000.0
"""Largest plausible sample magnitude, 60 dB over full scale; only damaged data exceeds it."""


class FileReading:
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
        """Returns what can be decoded behind the damage or the decoder's end, None for nothing."""
        before = self.frames
        try:
            with decoder(self._path, stream) as file:
                try:
                    fits = yield from self._fitting(file, stream)
                except DecoderError:
                    if not self.frames:
                        raise
                    return self._after_damage(file, stream, self.frames - before)
                return self._after_end(file, stream) if fits else None
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

    def _after_end(self, file: Decoder, stream: Stream) -> Stream | None:
        """Stream that follows in an MP3 whose decoder stopped without an error where the channel count or rate changes.

        The decoder has read the header of the next frame by then.
        """
        return (
            stream_after(self._path, stream, file.offset - _HEAD_BYTES, _TAIL_BYTES) if file.format == "MP3" else None
        )

    def _note_damage(self, stream: Stream) -> None:
        of = f" of {stream.frames / self._rate:.1f}" if stream.frames else ""
        self._note(f"is damaged or cut off after {self._seconds:.1f}{of} seconds; what comes before is used")

    def _fitting(self, file: Decoder, stream: Stream) -> Generator[Sound, None, bool]:
        """Returns whether it is of the rate of what comes before it; nothing of it is decoded otherwise."""
        name, before = self._path.name, self.frames
        if not _RATE_LOW <= file.sample_rate <= _RATE_HIGH:
            raise AudioFileError(
                f"“{name}” says it has a sample rate of {file.sample_rate} Hz, which no recording has."
            )
        self._rate, self._channels = self._rate or file.sample_rate, self._channels or file.channels
        if file.sample_rate != self._rate:
            self._note(f"changes its sample rate after {self._seconds:.1f} seconds; what comes then is left out")
            return False
        while len(block := file.read(_BLOCK_FRAMES)):
            self.frames += len(block)
            yield Sound(_with_channels(_checked(block.T, name), self._channels), self._rate)
        self._note_cut(stream, file, self.frames - before)
        return True

    def _note_cut(self, stream: Stream, file: Decoder, frames: int) -> None:
        """Note that a stream is shorter than its header says, by which share of it was decoded."""
        share = min(frames / stream.frames if stream.frames else stream.share, _share_there(file.log))
        if share < _SHARE_LEAST:
            self._note(f"is cut off: {share:.0%} of what it says it holds is there, and used")

    def _note(self, words: str) -> None:
        sentence = f"“{self._path.name}” {words}."
        if sentence not in self._notes:
            self._notes.append(sentence)


def _share_there(log: str) -> float:
    """Share of the claimed data that is present, by libsndfile's log of AIFF, AU and W64; 1 where the log has none."""
    found = re.search(r"^\s*(?:SSND|Data Size|riff)\s*: (\d+) \(should be (\d+)\)", log, re.MULTILINE)
    claimed, there = map(int, found.groups()) if found else (1, 1)
    return there / claimed if 0 < claimed < UNKNOWN_SIZE else 1.0


def _with_channels(block: Samples, channels: int) -> Samples:
    """Block `[n, frames]` with another number of channels, as where files of two kinds were joined."""
    return block if len(block) == channels else np.repeat(block.mean(axis=0, keepdims=True), channels, axis=0)


def _checked(block: Samples, name: str) -> Samples:
    if not np.isfinite(block).all():
        raise AudioFileError(f"“{name}” holds values that are not numbers; export it again from where it was made.")
    if np.abs(block).max() > _LEVEL_LIMIT:
        raise AudioFileError(f"“{name}” holds values far beyond full scale; export it again from where it was made.")
    return np.ascontiguousarray(block)
