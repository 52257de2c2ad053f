"""Byte streams for decoders: a whole sound file, or parts of it under a corrected header."""

import io
import os
import sys
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path
from typing import Any, BinaryIO

Part = bytes | range
"""Literal bytes, or a range of byte offsets in the file."""


@dataclass(frozen=True)
class ByteStream:
    """Byte stream for one decoder.

    Args:
        parts: parts that the decoder reads as one; empty for the whole file.
        frames: frame count by the header; 0 if unknown.
        share: share of the byte count by the header that is present.
    """

    parts: tuple[Part, ...] = ()
    frames: int = 0
    share: float = 1.0


WHOLE = ByteStream()


@contextmanager
def open_for_reading(path: Path) -> Iterator[BinaryIO]:
    """File opened for reading; an interrupt at any moment closes it. Raises OSError."""
    number = os.open(path, os.O_RDONLY | getattr(os, "O_BINARY", 0))
    try:
        yield open(number, "rb", closefd=False)  # noqa: SIM115  # closed by its number
    finally:
        os.close(number)


def read_range(file: BinaryIO, place: range, most: int = sys.maxsize) -> bytes:
    """First bytes of the byte range `place`, at most `most`."""
    file.seek(place.start)
    return file.read(min(most, len(place)))


def find_bytes(file: BinaryIO, place: range, wanted: bytes) -> int:
    """Offset of the first `wanted` bytes within the byte range `place`; -1 if there are none."""
    start = place.start
    while start < place.stop:
        file.seek(start)
        block = file.read(min(2**18, place.stop - start))
        found = block.find(wanted)
        if found >= 0:
            return start + found
        if len(block) <= len(wanted):
            break
        start += len(block) - len(wanted) + 1
    return -1


class SplicedFile(io.RawIOBase):
    """Read-only file object over parts of a file, without copying them.

    A disk error is stored in `error` and reads as the end of the file: libsndfile's callbacks pass no exception.
    """

    mode = "rb"

    def __init__(self, path: Path, parts: Sequence[Part]) -> None:
        self._parts = [part for part in parts if len(part)]
        self._ends = list(accumulate(map(len, self._parts)))
        self._position = 0
        self.error: OSError | None = None
        self._file = open(path, "rb", buffering=2**16)  # noqa: SIM115  # closed by close

    def close(self) -> None:
        self._file.close()
        super().close()

    @property
    def offset(self) -> int:
        """Offset in the file of the next byte to be read."""
        number, place = bisect_right(self._ends, self._position), self._position
        for part, end in zip(self._parts[number:], self._ends[number:], strict=True):
            if isinstance(part, range):
                return part.start + max(0, place - (end - len(part)))
        return self._file.seek(0, io.SEEK_END)

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._position

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        length = self._ends[-1] if self._ends else 0
        start = {io.SEEK_SET: 0, io.SEEK_CUR: self._position}.get(whence, length)
        self._position = max(0, start + offset)
        return self._position

    def readinto(self, buffer: Any, /) -> int:
        view, done = memoryview(buffer).cast("B"), 0
        try:
            while done < len(view) and (data := self._read_from_part(len(view) - done)):
                view[done : done + len(data)] = data
                done += len(data)
        except OSError as error:
            self.error = error
        return done

    def _read_from_part(self, count: int) -> bytes:
        """Up to `count` bytes of the part at the current position."""
        number = bisect_right(self._ends, self._position)
        if number == len(self._parts):
            return b""
        part = self._parts[number]
        inside = self._position - (self._ends[number] - len(part))
        if isinstance(part, range):
            self._file.seek(part.start + inside)
            data = self._file.read(min(count, len(part) - inside))
        else:
            data = part[inside : inside + count]
        self._position += len(data)
        return data
