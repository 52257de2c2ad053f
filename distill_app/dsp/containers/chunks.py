"""Chunks of RIFF, IFF and CAF files: a four-letter name, a size, contents."""

from collections.abc import Iterator
from typing import BinaryIO, Literal

CHUNKS_MAX = 1_000
"""Upper limit on the chunks read of one file, so that a damaged file cannot occupy the parser for long."""

UNKNOWN_SIZE = 2**31 - 2**16
"""Chunk sizes from this number of bytes on are placeholders for a length unknown when the header was written."""

Order = Literal["little", "big"]


def read_chunk_header(file: BinaryIO, place: range, order: Order, width: int = 4) -> tuple[bytes, int] | None:
    """Name and claimed size of the chunk at the start of the byte range `place`; None if there is none.

    Args:
        width: bytes of the size field.
    """
    if len(place) < 4 + width:
        return None
    file.seek(place.start)
    found = file.read(4 + width)
    if len(found) < 4 + width or not all(32 <= byte < 127 for byte in found[:4]):
        return None
    return found[:4], int.from_bytes(found[4:], order)


def iter_chunks(file: BinaryIO, place: range, order: Order, width: int = 4) -> Iterator[tuple[bytes, int, int]]:
    """Name, offset of the contents and claimed size of each chunk, up to the first bytes that are no chunk."""
    start = place.start
    for _ in range(CHUNKS_MAX):
        found = read_chunk_header(file, range(start, max(start, place.stop)), order, width)
        if found is None:
            return
        name, claimed = found
        start += 4 + width
        yield name, start, claimed
        start += claimed + (claimed % 2 if width == 4 else 0)


def is_filled_by_chunks(file: BinaryIO, place: range, order: Order) -> bool:
    """Whether the byte range `place` is empty or consists of consecutive chunks."""
    end = place.start
    for _, start, claimed in iter_chunks(file, place, order):
        end = start + claimed
    return 0 <= place.stop - end <= 1 or end - 1 == place.stop
