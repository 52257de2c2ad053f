"""Byte ranges that a decoder reads of a sound file: the whole file, or parts of it under a corrected header."""

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
"""Part of a stream: literal bytes, or a range of byte offsets in the file."""


@dataclass(frozen=True)
class Stream:
    """One stream for one decoder.

    Args:
        parts: joined, what the decoder reads; none for the whole file as it lies on the disk.
        frames: that the format says there are; 0 where it does not say.
        share: of the bytes that the format says there are, how many are there.
    """

    parts: tuple[Part, ...] = ()
    frames: int = 0
    share: float = 1.0


WHOLE = Stream()


@contextmanager
def opened(path: Path) -> Iterator[BinaryIO]:
    """A file for reading, which Ctrl-C leaves no moment to be open and nobody's. Raises OSError."""
    number = os.open(path, os.O_RDONLY | getattr(os, "O_BINARY", 0))
    try:
        yield open(number, "rb", closefd=False)  # noqa: SIM115  # closed by its number
    finally:
        os.close(number)


def bytes_at(file: BinaryIO, place: range, most: int = sys.maxsize) -> bytes:
    """The first bytes at `place`, so many at most."""
    file.seek(place.start)
    return file.read(min(most, len(place)))


def find(file: BinaryIO, place: range, wanted: bytes) -> int:
    """The offset of the first such bytes within `place`; -1 where there are none."""
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
    """Read-only file object over parts of a file, nothing of which is copied.

    An error of the disk is kept in `error` and looks like the end: no exception passes libsndfile's callbacks.
    """

    mode = "rb"

    def __init__(self, path: Path, parts: Sequence[Part]) -> None:
        self._parts = [part for part in parts if len(part)]
        self._ends = list(accumulate(map(len, self._parts)))
        self._place = 0
        self.error: OSError | None = None
        self._file = open(path, "rb", buffering=2**16)  # noqa: SIM115  # closed by close

    def close(self) -> None:
        self._file.close()
        super().close()

    @property
    def offset(self) -> int:
        """Where in the file the next of its bytes lies that is to be read."""
        number, place = bisect_right(self._ends, self._place), self._place
        for part, end in zip(self._parts[number:], self._ends[number:], strict=True):
            if isinstance(part, range):
                return part.start + max(0, place - (end - len(part)))
        return self._file.seek(0, io.SEEK_END)

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._place

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        length = self._ends[-1] if self._ends else 0
        start = {io.SEEK_SET: 0, io.SEEK_CUR: self._place}.get(whence, length)
        self._place = max(0, start + offset)
        return self._place

    def readinto(self, buffer: Any, /) -> int:
        view, done = memoryview(buffer).cast("B"), 0
        try:
            while done < len(view) and (data := self._next(len(view) - done)):
                view[done : done + len(data)] = data
                done += len(data)
        except OSError as error:
            self.error = error
        return done

    def _next(self, count: int) -> bytes:
        """Up to so many bytes of the part at the present place."""
        number = bisect_right(self._ends, self._place)
        if number == len(self._parts):
            return b""
        part = self._parts[number]
        inside = self._place - (self._ends[number] - len(part))
        if isinstance(part, range):
            self._file.seek(part.start + inside)
            data = self._file.read(min(count, len(part) - inside))
        else:
            data = part[inside : inside + count]
        self._place += len(data)
        return data
