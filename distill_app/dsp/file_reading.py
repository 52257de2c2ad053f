"""Decoding of the streams of a sound file in order, with a note on each missing or damaged part."""

import re
from collections.abc import Generator, Iterator
from pathlib import Path

import numpy as np

from distill_app.common.errors import AudioFileError
from distill_app.dsp.containers.byte_stream import ByteStream
from distill_app.dsp.containers.chunks import UNKNOWN_SIZE
from distill_app.dsp.containers.detection import find_stream_after
from distill_app.dsp.decoder import Decoder, DecoderError, open_decoder
from distill_app.dsp.sound import Samples, Sound

_BLOCK_FRAMES = 65_536
_MIN_SHARE = 0.99
_MIN_RATE_HZ, _MAX_RATE_HZ = 2_000, 1_000_000
_HEAD_BYTES, _TAIL_BYTES = 4, 4096
"""Size of an MP3 frame header, and the smallest rest of an MP3 worth decoding, in bytes."""
_MAX_MAGNITUDE = 1_000.0
"""Largest plausible sample magnitude, 60 dB over full scale; only damaged data exceeds it."""


class FileReader:
    """Reader that joins the streams of a file to one sound."""

    def __init__(self, path: Path, notes: list[str]) -> None:
        self._path, self._notes = path, notes
        self.frames = 0
        self._rate = self._channels = 0
        self._first_damage = ""

    @property
    def _seconds(self) -> float:
        return self.frames / self._rate

    def blocks(self, stream: ByteStream) -> Iterator[Sound]:
        """Decoded blocks of a stream. Raises DecoderError if nothing could be decoded; a later error becomes a note."""
        rest: ByteStream | None = stream
        while rest is not None:
            rest = yield from self._decode_until_damage(rest)

    def _decode_until_damage(self, stream: ByteStream) -> Generator[Sound, None, ByteStream | None]:
        """Decoded blocks; returns the stream that follows the damage or the decoder's end, or None."""
        before = self.frames
        try:
            with open_decoder(self._path, stream) as file:
                try:
                    fits = yield from self._decode_matching(file, stream)
                except DecoderError:
                    if not self.frames:
                        raise
                    return self._stream_after_damage(file, stream, self.frames - before)
                return self._stream_after_end(file, stream) if fits else None
        except DecoderError:
            if not self.frames:
                raise
            self._add_damage_note(stream)
        return None

    def _stream_after_damage(self, file: Decoder, stream: ByteStream, frames: int) -> ByteStream | None:
        """Stream that follows a damaged part, which becomes a note unless all sound came before it."""
        rest = find_stream_after(self._path, stream, file.offset) if file.format == "MP3" else None
        if 0 < stream.frames <= frames or (file.format == "MP3" and rest is None):
            self._add_truncation_note(stream, file, frames)
        elif rest is None:
            self._add_damage_note(stream)
        else:
            self._first_damage = self._first_damage or f"{self._seconds:.1f}"
            self._add_note(f"has damaged places, the first after {self._first_damage} seconds; they are left out")
        return rest

    def _stream_after_end(self, file: Decoder, stream: ByteStream) -> ByteStream | None:
        """Stream that follows in an MP3 whose decoder stopped, without an error, at a change of channel count or rate.

        The decoder has read the header of the next frame by then.
        """
        return (
            find_stream_after(self._path, stream, file.offset - _HEAD_BYTES, _TAIL_BYTES)
            if file.format == "MP3"
            else None
        )

    def _add_damage_note(self, stream: ByteStream) -> None:
        of = f" of {stream.frames / self._rate:.1f}" if stream.frames else ""
        self._add_note(f"is damaged or cut off after {self._seconds:.1f}{of} seconds; what comes before is used")

    def _decode_matching(self, file: Decoder, stream: ByteStream) -> Generator[Sound, None, bool]:
        """Decoded blocks of a file with the sample rate of the streams before it; returns whether it has that rate."""
        name, before = self._path.name, self.frames
        if not _MIN_RATE_HZ <= file.sample_rate <= _MAX_RATE_HZ:
            raise AudioFileError(
                f"“{name}” says it has a sample rate of {file.sample_rate} Hz, which no recording has."
            )
        self._rate, self._channels = self._rate or file.sample_rate, self._channels or file.channels
        if file.sample_rate != self._rate:
            self._add_note(f"changes its sample rate after {self._seconds:.1f} seconds; what comes then is left out")
            return False
        while len(block := file.read(_BLOCK_FRAMES)):
            self.frames += len(block)
            yield Sound(_match_channels(_check_values(block.T, name), self._channels), self._rate)
        self._add_truncation_note(stream, file, self.frames - before)
        return True

    def _add_truncation_note(self, stream: ByteStream, file: Decoder, frames: int) -> None:
        """Add a note with the decoded share if a stream is shorter than its header says."""
        share = min(frames / stream.frames if stream.frames else stream.share, _present_share(file.header_log))
        if share < _MIN_SHARE:
            self._add_note(f"is cut off: {share:.0%} of what it says it holds is there, and used")

    def _add_note(self, words: str) -> None:
        sentence = f"“{self._path.name}” {words}."
        if sentence not in self._notes:
            self._notes.append(sentence)


def _present_share(header_log: str) -> float:
    """Share of the claimed data that is present by libsndfile's log (AIFF, AU, W64); 1 if the log does not say."""
    found = re.search(r"^\s*(?:SSND|Data Size|riff)\s*: (\d+) \(should be (\d+)\)", header_log, re.MULTILINE)
    claimed, there = map(int, found.groups()) if found else (1, 1)
    return there / claimed if 0 < claimed < UNKNOWN_SIZE else 1.0


def _match_channels(block: Samples, channels: int) -> Samples:
    """Block `[n, frames]` as `[channels, frames]`; the channel count may change where files were joined."""
    return block if len(block) == channels else np.repeat(block.mean(axis=0, keepdims=True), channels, axis=0)


def _check_values(block: Samples, name: str) -> Samples:
    if not np.isfinite(block).all():
        raise AudioFileError(f"“{name}” holds values that are not numbers; export it again from where it was made.")
    if np.abs(block).max() > _MAX_MAGNITUDE:
        raise AudioFileError(f"“{name}” holds values far beyond full scale; export it again from where it was made.")
    return np.ascontiguousarray(block)
