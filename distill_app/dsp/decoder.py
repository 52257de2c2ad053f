"""Decoder around libsndfile that reads a stream from its beginning to the end of its data."""

import os
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import TypeVar

import numpy as np
import soundfile

from distill_app.dsp.containers.byte_stream import SplicedFile, Stream
from distill_app.dsp.sound import Samples

DecoderError = soundfile.LibsndfileError

_PART_FRAMES, _PART_VALUES = 65_536, 2**20

Result = TypeVar("Result")
Run = Callable[[Callable[[], Result]], Result]


class _Forwards(soundfile.SoundFile):  # type: ignore[misc]  # soundfile has no types
    """Without a length and a place: soundfile would ask for both with every block, and FLAC may have none."""

    def seekable(self) -> bool:
        return False


class Decoder:
    """A stream that is read once, forwards.

    Args:
        sound: open file.
        source: what it reads from, where that is no file by its name.
        run: calls a function in the thread that may decode.
    """

    def __init__(self, sound: soundfile.SoundFile, source: SplicedFile | None, run: "Run[Samples]") -> None:
        self._sound, self._source, self._run = sound, source, run
        self._error: Exception | None = None
        self._part = max(1, min(_PART_FRAMES, _PART_VALUES // max(1, sound.channels)))
        self.format: str = sound.format
        self.sample_rate: int = sound.samplerate
        self.channels: int = sound.channels
        self.frames: int = sound.frames
        """That the decoder expects; for some formats an estimate."""

    @property
    def offset(self) -> int:
        """Byte offset in the file up to which the decoder has read."""
        return 0 if self._source is None else self._source.offset

    @property
    def log(self) -> str:
        """Log that libsndfile wrote while it parsed the header."""
        return str(self._sound.extra_info)

    @property
    def tags(self) -> tuple[str, str]:
        """Software and comment."""
        return self._sound.software, self._sound.comment

    def read(self, frames: int) -> Samples:
        """Up to so many frames `[n, channels]`, growing as they come; none at the end.

        Raises DecoderError once all is read that comes before the damage, OSError where the disk fails.
        """
        self._raise_error()
        block = self._run(lambda: self._read(frames))
        if self._source is not None and self._source.error is not None:
            raise self._source.error
        if not len(block):
            self._raise_error()
        return block

    def _raise_error(self) -> None:
        if self._error is not None:
            raise self._error

    def _read(self, frames: int) -> Samples:
        parts: list[Samples] = []
        while frames > 0 and self._error is None and len(part := self._next(min(frames, self._part))):
            parts.append(part)
            frames -= len(part)
        return np.concatenate(parts) if parts else np.empty((0, self.channels), np.float32)

    def _next(self, frames: int) -> Samples:
        """Decode up to `frames` frames, `[n, channels]`; after an error, those that were decoded before it.

        Libsndfile does not report their number: the block is filled with NaN first, and cut at the first NaN left.
        """
        block = np.full((frames, self.channels), np.nan, np.float32)
        try:
            return np.asarray(self._sound.read(out=block))
        except DecoderError as error:
            self._error = error
            missing = np.isnan(block[:, 0])
            return block[: int(missing.argmax()) if missing.any() else frames]


@contextmanager
def decoder(path: Path, stream: Stream) -> Iterator[Decoder]:
    """Opens a stream of a file. Raises DecoderError where it is none, OSError where it cannot be read."""
    if stream.parts:
        with _spliced(path, stream) as opened:
            yield opened
    else:
        os.close(os.open(path, os.O_RDONLY))  # libsndfile tells no more than that it could not
        with _Forwards(os.fspath(path) if sys.platform == "win32" else os.fsencode(path)) as sound:
            yield Decoder(sound, None, lambda call: call())


@contextmanager
def _spliced(path: Path, stream: Stream) -> Iterator[Decoder]:
    """In a thread: libsndfile reads through callbacks, and an exception in one of them, as Ctrl-C raises in the main
    thread, is lost and taken for the end of the file. What it opens it closes, even if nobody waits for it any more."""
    files = ExitStack()

    def opened() -> tuple[soundfile.SoundFile, SplicedFile]:
        source = files.enter_context(SplicedFile(path, stream.parts))
        return files.enter_context(_Forwards(source)), source

    with ThreadPoolExecutor(1) as thread:
        try:
            sound, source = thread.submit(opened).result()
            yield Decoder(sound, source, lambda call: thread.submit(call).result())
        finally:
            with suppress(RuntimeError):  # the interpreter ends, and the files with it
                thread.submit(files.close)
