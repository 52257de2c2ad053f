"""Chunks of RIFF, IFF and CAF files: a name of four letters, a size, contents."""

from collections.abc import Iterator
from typing import BinaryIO, Literal

CHUNKS_MAX = 1_000
"""Upper limit on the chunks read of one file, so that a damaged file cannot keep the parser busy for ever."""

UNKNOWN_SIZE = 2**31 - 2**16
"""Smallest chunk size, in bytes, that is taken as a placeholder for a length not known when the header was written."""

Order = Literal["little", "big"]


def head(file: BinaryIO, place: range, order: Order, width: int = 4) -> tuple[bytes, int] | None:
    """Name and claimed size of the chunk that begins at `place`; None where none does.

    Args:
        width: bytes of the size.
    """
    if len(place) < 4 + width:
        return None
    file.seek(place.start)
    found = file.read(4 + width)
    if len(found) < 4 + width or not all(32 <= byte < 127 for byte in found[:4]):
        return None
    return found[:4], int.from_bytes(found[4:], order)


def chunks(file: BinaryIO, place: range, order: Order, width: int = 4) -> Iterator[tuple[bytes, int, int]]:
    """Name, offset of the contents, and claimed size of each, until something that is none."""
    start = place.start
    for _ in range(CHUNKS_MAX):
        found = head(file, range(start, max(start, place.stop)), order, width)
        if found is None:
            return
        name, claimed = found
        start += 4 + width
        yield name, start, claimed
        start += claimed + (claimed % 2 if width == 4 else 0)


def chunks_fill(file: BinaryIO, place: range, order: Order) -> bool:
    """Whether chunks, or nothing, lie at `place`, one after the other up to its end."""
    end = place.start
    for _, start, claimed in chunks(file, place, order):
        end = start + claimed
    return 0 <= place.stop - end <= 1 or end - 1 == place.stop
