"""FLAC streams, decoded frame by frame to the end of the file.

The number of samples is removed from the header that the decoder gets, because it would stop there.

Format: RFC 9639, 8.2 (STREAMINFO).
"""

from collections.abc import Iterator
from typing import BinaryIO

from distill_app.dsp.containers.byte_stream import Part, Stream, find
from distill_app.dsp.containers.tags import tags_after

_STREAM_INFO = 8 + 34
_BEGINNING = b"fLaC\0\0\0\x22"
_TOTAL = 21
"""Byte offset of the 36-bit number of samples in STREAMINFO, whose upper 4 bits are the lower ones of this byte."""


def streams(file: BinaryIO, place: range) -> list[Stream]:
    """Streams of a file with “fLaC” at the beginning of `place`: its own, and one for each file joined to it."""
    starts = list(_starts(file, place))
    ends = [*starts[1:], tags_after(file, place)]
    return [_one(file, range(start, max(start, end))) for start, end in zip(starts, ends, strict=True)]


def _starts(file: BinaryIO, place: range) -> Iterator[int]:
    start = place.start
    while start >= 0:
        yield start
        start = find(file, range(start + _STREAM_INFO, place.stop), _BEGINNING)


def _one(file: BinaryIO, place: range) -> Stream:
    file.seek(place.start)
    head = file.read(min(len(place), _STREAM_INFO))
    return stream(head, (head, range(place.start + len(head), place.stop)))


def stream(head: bytes, parts: tuple[Part, ...]) -> Stream:
    """Without the number.

    Args:
        head: the file's beginning, its first metadata block at least.
        parts: of the file; the first one is `head`.
    """
    if len(head) < _STREAM_INFO or head[4] & 0x7F:
        return Stream(parts)
    mended = head[:_TOTAL] + bytes((head[_TOTAL] & 0xF0, 0, 0, 0, 0)) + head[_TOTAL + 5 :]
    return Stream((mended, *parts[1:]), _total(head))


def _total(head: bytes) -> int:
    return (head[_TOTAL] & 0x0F) << 32 | int.from_bytes(head[_TOTAL + 1 : _TOTAL + 5], "big")
