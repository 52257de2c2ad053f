"""FLAC: frames until the file ends. The decoder is not told the number of samples in the header: it would end there.

Format: RFC 9639, 8.2 (STREAMINFO).
"""

from typing import BinaryIO

from distill_app.dsp.containers.stream import WHOLE, Part, Stream

_STREAM_INFO = 8 + 34
_TOTAL = 21
"""Offset of the byte with the upper 4 of the number's 36 bits."""


def streams(file: BinaryIO, place: range) -> list[Stream]:
    """Of a file that has “fLaC” at the beginning of `place`."""
    file.seek(place.start)
    head = file.read(_STREAM_INFO)
    return [stream(head, (head, range(place.start + len(head), place.stop)))]


def stream(head: bytes, parts: tuple[Part, ...]) -> Stream:
    """Without the number.

    Args:
        head: the file's beginning, its first metadata block at least.
        parts: of the file; the first one is `head`.
    """
    if len(head) < _STREAM_INFO or head[4] & 0x7F or not _total(head):
        return Stream(parts) if len(parts) > 2 else WHOLE
    mended = head[:_TOTAL] + bytes((head[_TOTAL] & 0xF0, 0, 0, 0, 0)) + head[_TOTAL + 5 :]
    return Stream((mended, *parts[1:]), _total(head))


def _total(head: bytes) -> int:
    return (head[_TOTAL] & 0x0F) << 32 | int.from_bytes(head[_TOTAL + 1 : _TOTAL + 5], "big")
