"""Decoding of byte streams with libsndfile, forwards to the end of the data."""

import os
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import TypeVar

import numpy as np
import soundfile

from distill_app.dsp.containers.byte_stream import ByteStream, SplicedFile
from distill_app.dsp.sound import Samples

DecoderError = soundfile.LibsndfileError

_PART_FRAMES, _PART_VALUES = 65_536, 2**20

Result = TypeVar("Result")
RunInThread = Callable[[Callable[[], Result]], Result]


class _ForwardOnlySoundFile(soundfile.SoundFile):  # type: ignore[misc]  # soundfile has no types
    """Sound file that soundfile never seeks: it would ask for length and position per block, and FLAC may lack both."""

    def seekable(self) -> bool:
        return False


class Decoder:
    """Decoder of one stream, read once and forwards.

    Args:
        sound: open sound file.
        source: spliced file that it reads; None where libsndfile opened the path itself.
        run: calls a function in the decoding thread.
    """

    def __init__(self, sound: soundfile.SoundFile, source: SplicedFile | None, run: "RunInThread[Samples]") -> None:
        self._sound, self._source, self._run = sound, source, run
        self._error: Exception | None = None
        self._part_frames = max(1, min(_PART_FRAMES, _PART_VALUES // max(1, sound.channels)))
        self.format: str = sound.format
        self.sample_rate: int = sound.samplerate
        self.channels: int = sound.channels
        self.frames: int = sound.frames
        """Frame count by the header; for some formats an estimate."""

    @property
    def offset(self) -> int:
        """Byte offset in the file up to which libsndfile has read; 0 if unknown."""
        return 0 if self._source is None else self._source.offset

    @property
    def header_log(self) -> str:
        """Libsndfile's log of parsing the header."""
        return str(self._sound.extra_info)

    @property
    def tags(self) -> tuple[str, str]:
        """Software tag and comment tag."""
        return self._sound.software, self._sound.comment

    def read(self, frames: int) -> Samples:
        """Up to `frames` decoded frames `[n, channels]`; none at the end.

        Raises DecoderError after the last frame before a damaged part, OSError if the disk fails.
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
        while frames > 0 and self._error is None and len(part := self._decode_part(min(frames, self._part_frames))):
            parts.append(part)
            frames -= len(part)
        return np.concatenate(parts) if parts else np.empty((0, self.channels), np.float32)

    def _decode_part(self, frames: int) -> Samples:
        """Up to `frames` decoded frames `[n, channels]`; after an error, those decoded before it.

        Libsndfile does not report their number: the block is filled with NaN first and cut at the first NaN left.
        """
        block = np.full((frames, self.channels), np.nan, np.float32)
        try:
            return np.asarray(self._sound.read(out=block))
        except DecoderError as error:
            self._error = error
            missing = np.isnan(block[:, 0])
            return block[: int(missing.argmax()) if missing.any() else frames]


@contextmanager
def open_decoder(path: Path, stream: ByteStream) -> Iterator[Decoder]:
    """Decoder of a stream of a file. Raises DecoderError if it cannot be decoded, OSError if it cannot be read."""
    if stream.parts:
        with _open_spliced(path, stream) as opened:
            yield opened
    else:
        os.close(os.open(path, os.O_RDONLY))  # raises the reason, which libsndfile does not report
        with _ForwardOnlySoundFile(os.fspath(path) if sys.platform == "win32" else os.fsencode(path)) as sound:
            yield Decoder(sound, None, lambda call: call())


@contextmanager
def _open_spliced(path: Path, stream: ByteStream) -> Iterator[Decoder]:
    """Decoder of a spliced stream, in a thread of its own.

    Libsndfile reads through callbacks and takes an exception in one for the end of the file, such as Ctrl-C in the main
    thread. The thread closes the files it opened, even after an interrupted wait.
    """
    files = ExitStack()

    def opened() -> tuple[soundfile.SoundFile, SplicedFile]:
        source = files.enter_context(SplicedFile(path, stream.parts))
        return files.enter_context(_ForwardOnlySoundFile(source)), source

    with ThreadPoolExecutor(1) as thread:
        try:
            sound, source = thread.submit(opened).result()
            yield Decoder(sound, source, lambda call: thread.submit(call).result())
        finally:
            with suppress(RuntimeError):  # the interpreter is shutting down and closes the files
                thread.submit(files.close)
