"""Ogg pages and the chained logical streams that they form (RFC 3533).

Libsndfile decodes the first logical stream only, and FLAC in Ogg only without its pages.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from distill_app.dsp.containers import flac
from distill_app.dsp.containers.byte_stream import WHOLE, ByteStream, find_bytes, read_range

_PAGE_MAGIC = b"OggS"
_FIRST_PAGE_FLAG = 2
_FLAC_MAGIC = b"\x7fFLAC"
_FLAC_PREFIX_BYTES = 9
"""Bytes before “fLaC” in the first packet of FLAC in Ogg."""


@dataclass(frozen=True)
class _Page:
    """Offset, body and logical stream of a page.

    Args:
        first: whether it is the first page of its logical stream.
    """

    start: int
    body: range
    first: bool
    serial: int


def find_streams(file: BinaryIO, size: int) -> list[ByteStream]:
    """One stream for each chained file."""
    links = list(_chained_ranges(file, size))
    if len(links) == 1 and not _is_flac(file, links[0]):
        return [WHOLE]
    return [_link_stream(file, link) for link in links] or [WHOLE]


def _is_flac(file: BinaryIO, link: range) -> bool:
    file.seek(link.start + 28)
    return file.read(len(_FLAC_MAGIC)) == _FLAC_MAGIC


def _link_stream(file: BinaryIO, link: range) -> ByteStream:
    if not _is_flac(file, link):
        return ByteStream((link,))
    bodies = _flac_bodies(file, link)
    head = read_range(file, bodies[0])
    return flac.flac_stream(head, (head, *bodies[1:]))


def _flac_bodies(file: BinaryIO, link: range) -> list[range]:
    """Byte ranges of the page bodies of the first logical stream; joined, they are a FLAC file."""
    pages = list(_pages(file, link))
    bodies = [page.body for page in pages if page.serial == pages[0].serial]
    return [range(bodies[0].start + _FLAC_PREFIX_BYTES, bodies[0].stop), *bodies[1:]]


def _chained_ranges(file: BinaryIO, size: int) -> Iterator[range]:
    """Byte range of each chained file, which begins with a first page that follows another kind of page."""
    start, first = None, False
    for page in _pages(file, range(size)):
        if page.first and not first:
            if start is not None:
                yield range(start, page.start)
            start = page.start
        first = page.first
    if start is not None:
        yield range(start, size)


def _pages(file: BinaryIO, place: range) -> Iterator[_Page]:
    start = place.start
    while (start := _find_page(file, start, place.stop)) >= 0:
        file.seek(start)
        head = file.read(27 + 255)
        if len(head) < 27:
            return
        segments = head[27 : 27 + head[26]]
        begin = start + 27 + head[26]
        stop = min(place.stop, begin + sum(segments))
        if begin < stop:
            yield _Page(
                start, range(begin, stop), bool(head[5] & _FIRST_PAGE_FLAG), int.from_bytes(head[14:18], "little")
            )
        start = max(stop, start + 27)


def _find_page(file: BinaryIO, start: int, stop: int) -> int:
    """Offset of the next page in `start … stop`; -1 if there is none."""
    file.seek(start)
    if file.read(len(_PAGE_MAGIC)) == _PAGE_MAGIC:
        return start
    return find_bytes(file, range(start, stop), _PAGE_MAGIC)
