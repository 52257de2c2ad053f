"""Ogg pages, and the logical streams that they form, one after the other where files were joined (RFC 3533).

libsndfile decodes the first logical stream only, and FLAC in Ogg only without the pages around it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from distill_app.dsp.containers import flac
from distill_app.dsp.containers.byte_stream import WHOLE, Stream, bytes_at, find

_CAPTURE = b"OggS"
_FIRST = 2
_FLAC = b"\x7fFLAC"
_FLAC_HEAD = 9
"""Bytes before “fLaC” in the first packet of FLAC in Ogg."""


@dataclass(frozen=True)
class _Page:
    """Offsets of a page and of what it holds.

    Args:
        first: of its logical stream.
    """

    start: int
    body: range
    first: bool
    serial: int


def streams(file: BinaryIO, size: int) -> list[Stream]:
    """One for each of the joined files."""
    links = list(_links(file, size))
    if len(links) == 1 and not _is_flac(file, links[0]):
        return [WHOLE]
    return [_stream(file, link) for link in links] or [WHOLE]


def _is_flac(file: BinaryIO, link: range) -> bool:
    file.seek(link.start + 28)
    return file.read(len(_FLAC)) == _FLAC


def _stream(file: BinaryIO, link: range) -> Stream:
    if not _is_flac(file, link):
        return Stream((link,))
    bodies = _flac_bodies(file, link)
    head = bytes_at(file, bodies[0])
    return flac.stream(head, (head, *bodies[1:]))


def _flac_bodies(file: BinaryIO, link: range) -> list[range]:
    """Byte ranges of the page bodies of the first logical stream; joined, they are a FLAC file."""
    pages = list(_pages(file, link))
    bodies = [page.body for page in pages if page.serial == pages[0].serial]
    return [range(bodies[0].start + _FLAC_HEAD, bodies[0].stop), *bodies[1:]]


def _links(file: BinaryIO, size: int) -> Iterator[range]:
    """Where each of the joined files lies: one begins with a first page that follows another kind of page."""
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
    while (start := _capture(file, start, place.stop)) >= 0:
        file.seek(start)
        head = file.read(27 + 255)
        if len(head) < 27:
            return
        segments = head[27 : 27 + head[26]]
        begin = start + 27 + head[26]
        stop = min(place.stop, begin + sum(segments))
        if begin < stop:
            yield _Page(start, range(begin, stop), bool(head[5] & _FIRST), int.from_bytes(head[14:18], "little"))
        start = max(stop, start + 27)


def _capture(file: BinaryIO, start: int, stop: int) -> int:
    """The offset of the next page from here on; -1 where there is none."""
    file.seek(start)
    if file.read(len(_CAPTURE)) == _CAPTURE:
        return start
    return find(file, range(start, stop), _CAPTURE)
