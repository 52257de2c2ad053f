"""AIFF, CAF and AU whose size of the samples was never written, or says more than is there."""

from typing import BinaryIO

from distill_app.dsp.containers.chunks import chunks, chunks_fill
from distill_app.dsp.containers.stream import WHOLE, Stream

_AIFF_EMPTY = 8
"""Size of a sound chunk without sound: two numbers come first."""
_CAF_EMPTY = 4
"""The same in CAF: one number."""


def au_streams(file: BinaryIO, size: int) -> list[Stream]:
    """A size of 0 becomes “unknown”."""
    file.seek(0)
    head = file.read(12)
    if len(head) < 12 or any(head[8:12]):
        return [WHOLE]
    return [Stream((head[:8] + b"\xff\xff\xff\xff", range(12, size)))]


def aiff_streams(file: BinaryIO, size: int) -> list[Stream]:
    """A sound chunk of no sound with samples behind it becomes as long as may be."""
    for name, start, claimed in chunks(file, range(12, size), "big"):
        behind = range(start + _AIFF_EMPTY, max(start + _AIFF_EMPTY, size))
        if name == b"SSND" and claimed == _AIFF_EMPTY and not chunks_fill(file, behind, "big"):
            return [Stream((range(start - 4), b"\xff\xff\xff\xff", range(start, size)))]
    return [WHOLE]


def caf_streams(file: BinaryIO, size: int) -> list[Stream]:
    """A data chunk without a length, or longer than the file, becomes one that ends with it."""
    for name, start, claimed in chunks(file, range(8, size), "big", width=8):
        if name == b"data" and not _CAF_EMPTY < claimed <= size - start:
            parts = range(start - 8), (size - start).to_bytes(8, "big"), range(start, size)
            return [Stream(parts, share=(size - start) / claimed if _CAF_EMPTY < claimed < 2**63 else 1.0)]
    return [WHOLE]
