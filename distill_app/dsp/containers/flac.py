"""FLAC streams, decoded to the end of the file. Format: RFC 9639, 8.2 (STREAMINFO).

The total number of samples is removed from the header, because the decoder would stop there.
"""

from collections.abc import Iterator
from typing import BinaryIO

from distill_app.dsp.containers.byte_stream import ByteStream, Part, find_bytes
from distill_app.dsp.containers.tags import trailing_tags_start

_STREAM_INFO_END = 8 + 34
_FILE_MAGIC = b"fLaC\0\0\0\x22"
_TOTAL_OFFSET = 21
"""Offset of the 36-bit total number of samples in STREAMINFO; its upper 4 bits are the lower ones of this byte."""


def find_streams(file: BinaryIO, place: range) -> list[ByteStream]:
    """Streams of the byte range `place`, which begins with “fLaC”: one per file joined in it."""
    starts = list(_file_starts(file, place))
    ends = [*starts[1:], trailing_tags_start(file, place)]
    return [_file_stream(file, range(start, max(start, end))) for start, end in zip(starts, ends, strict=True)]


def _file_starts(file: BinaryIO, place: range) -> Iterator[int]:
    start = place.start
    while start >= 0:
        yield start
        start = find_bytes(file, range(start + _STREAM_INFO_END, place.stop), _FILE_MAGIC)


def _file_stream(file: BinaryIO, place: range) -> ByteStream:
    file.seek(place.start)
    head = file.read(min(len(place), _STREAM_INFO_END))
    return flac_stream(head, (head, range(place.start + len(head), place.stop)))


def flac_stream(head: bytes, parts: tuple[Part, ...]) -> ByteStream:
    """Stream of a FLAC file, with the total number of samples removed from its header.

    Args:
        head: start of the file, up to the first metadata block at least.
        parts: all parts of the file; the first one is `head`.
    """
    if len(head) < _STREAM_INFO_END or head[4] & 0x7F:
        return ByteStream(parts)
    patched = head[:_TOTAL_OFFSET] + bytes((head[_TOTAL_OFFSET] & 0xF0, 0, 0, 0, 0)) + head[_TOTAL_OFFSET + 5 :]
    return ByteStream((patched, *parts[1:]), _total_samples(head))


def _total_samples(head: bytes) -> int:
    return (head[_TOTAL_OFFSET] & 0x0F) << 32 | int.from_bytes(head[_TOTAL_OFFSET + 1 : _TOTAL_OFFSET + 5], "big")
