"""AIFF, CAF and AU streams, with a corrected data size if it was never written or exceeds the file."""

import struct
from collections.abc import Iterator
from typing import BinaryIO

from distill_app.dsp.containers.byte_stream import WHOLE, ByteStream
from distill_app.dsp.containers.chunks import is_filled_by_chunks, iter_chunks

_WRAP = 2**32
_UNKNOWN = b"\xff\xff\xff\xff"
_AIFF_EMPTY = 8
"""Size in bytes of an AIFF sound chunk (SSND) without samples: its offset and block size fields."""
_CAF_EMPTY = 4
"""Size in bytes of a CAF data chunk without samples: its edit count field."""


def find_au_streams(file: BinaryIO, size: int) -> list[ByteStream]:
    """AU stream; a size of 0, or one without its upper bits, is replaced by “unknown”."""
    file.seek(0)
    head = file.read(12)
    claimed = int.from_bytes(head[8:], "big")
    if len(head) < 12 or (claimed and size - claimed < _WRAP):
        return [WHOLE]
    return [ByteStream((head[:8] + _UNKNOWN, range(12, size)))]


def find_aiff_streams(file: BinaryIO, size: int) -> list[ByteStream]:
    """AIFF streams; an empty sound chunk is extended to the samples that follow it, and split if over 4 GiB."""
    frame_bytes = 0
    for name, start, claimed in iter_chunks(file, range(12, size), "big"):
        if name == b"COMM":
            frame_bytes = _aiff_frame_bytes(file, start)
        if name != b"SSND":
            continue
        if size - start - claimed >= _WRAP and frame_bytes:
            return list(_aiff_parts(start, claimed + (size - start - claimed) // _WRAP * _WRAP, frame_bytes))
        behind = range(start + _AIFF_EMPTY, max(start + _AIFF_EMPTY, size))
        if claimed == _AIFF_EMPTY and not is_filled_by_chunks(file, behind, "big"):
            return [ByteStream((range(start - 4), _UNKNOWN, range(start, size)))]
    return [WHOLE]


def _aiff_frame_bytes(file: BinaryIO, common: int) -> int:
    """Bytes per frame, from the common chunk whose contents begin at `common`."""
    file.seek(common)
    channels, _, bits = struct.unpack(">HIH", file.read(8).ljust(8, b"\0"))
    return int(channels * -(-bits // 8))


def _aiff_parts(start: int, length: int, frame_bytes: int) -> Iterator[ByteStream]:
    """Streams of up to 2 GiB each, under the header of the file whose sound chunk has these contents."""
    stop, most = start + length, 2**31 // frame_bytes * frame_bytes
    for place in range(start + _AIFF_EMPTY, stop, most):
        sound = range(place, min(stop, place + most))
        claimed = (_AIFF_EMPTY + len(sound)).to_bytes(4, "big")
        yield ByteStream((range(start - 4), claimed, bytes(_AIFF_EMPTY), sound))


def find_caf_streams(file: BinaryIO, size: int) -> list[ByteStream]:
    """CAF stream; a data chunk without a length, or longer than the file, is cut to the file's end."""
    for name, start, claimed in iter_chunks(file, range(8, size), "big", width=8):
        if name == b"data" and not _CAF_EMPTY < claimed <= size - start:
            parts = range(start - 8), (size - start).to_bytes(8, "big"), range(start, size)
            return [ByteStream(parts, share=(size - start) / claimed if _CAF_EMPTY < claimed < 2**63 else 1.0)]
    return [WHOLE]
