"""WAV, RF64 and BW64 streams, with a corrected data size. Format: EBU Tech 3306 (RF64), ITU-R BS.2088 (BW64).

Programs that are interrupted, write to a pipe or exceed 4 GiB leave sizes of 0, of 2 or 4 GiB, or without their upper
bits.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from distill_app.dsp.containers import mpeg
from distill_app.dsp.containers.byte_stream import WHOLE, ByteStream, Part, read_range
from distill_app.dsp.containers.chunks import CHUNKS_MAX, UNKNOWN_SIZE, is_filled_by_chunks, read_chunk_header

_WRAP = 2**32
_MPEG_LAYER_3 = 0x55
_ENCODINGS = {0, 1, 2, 3, 6, 7, 0x11, 0x31, 0x40, 0x64, 0x65, 0x66, _MPEG_LAYER_3, 0xFFFE}
"""WAVE format tags that can be decoded, and 0 for a missing one."""
_COMMON_TAGS = (b"data", b"fmt ", b"LIST", b"fact")


@dataclass(frozen=True)
class _Chunk:
    tag: bytes
    body: range
    claimed: int
    misplaced: bool = False
    """Whether libsndfile would look for the chunk or its end at another offset."""
    is_placeholder: bool = False
    """Whether the claimed size is a placeholder for “unknown”."""


def find_streams(file: BinaryIO, size: int) -> list[ByteStream]:
    """Stream of the samples, under a new header if the file's header would mislead the decoder."""
    file.seek(0)
    kind = file.read(4)
    chunks = list(_chunks(file, size, kind != b"RIFF"))
    samples = [chunk for chunk in chunks if chunk.tag == b"data"]
    form = read_range(file, next((chunk.body for chunk in chunks if chunk.tag == b"fmt "), range(0)), 16)
    if len(form) < 16 or not samples:
        return [WHOLE]
    if int.from_bytes(form[:2], "little") == _MPEG_LAYER_3:
        return mpeg.find_streams(file, samples[0].body)
    share = min(_present_share(chunk) for chunk in samples)
    if kind != b"BW64" and len(samples) == 1 and not any(chunk.misplaced for chunk in chunks):
        return [ByteStream(share=share)]
    align = max(1, int.from_bytes(form[12:14], "little"))
    return [ByteStream(tuple(_rebuild_as_rf64(chunks, samples, align)), share=share)]


def is_supported(head: bytes) -> bool:
    """Whether the encoding given in the first bytes of a WAV file can be decoded."""
    place = head.find(b"fmt ")
    encoding = head[place + 8 : place + 10] if place >= 0 else b""
    return len(encoding) < 2 or int.from_bytes(encoding, "little") in _ENCODINGS


def _present_share(samples: _Chunk) -> float:
    claimed = samples.claimed
    return len(samples.body) / claimed if len(samples.body) < claimed and not samples.is_placeholder else 1.0


def _chunks(file: BinaryIO, size: int, large: bool) -> Iterator[_Chunk]:
    """Chunks up to the first bytes that are no chunk.

    Args:
        large: whether sizes over 4 GiB are in the chunk “ds64”.
    """
    place, data_size, misplaced = 12, 0, False
    for _ in range(CHUNKS_MAX):
        found = read_chunk_header(file, range(place, size), "little")
        if found is None:
            return
        tag, claimed = found
        start = place + 8
        if tag == b"data":
            claimed = data_size if large and claimed == _WRAP - 1 else claimed
            length = _data_length(file, start, claimed, size, large)
        else:
            length = min(claimed, size - start)
        misplaced |= tag == b"data" and length != min(claimed, size - start)
        is_placeholder = claimed >= UNKNOWN_SIZE and not large
        yield _Chunk(tag, range(start, start + length), claimed, misplaced, is_placeholder)
        if tag == b"ds64":
            data_size = int.from_bytes(read_range(file, range(start + 8, start + length), 8), "little")
        place, unpadded = _next_chunk_offset(file, start + length, size)
        misplaced |= unpadded


def _next_chunk_offset(file: BinaryIO, stop: int, size: int) -> tuple[int, bool]:
    """Offset of the next chunk, and whether the padding byte after an odd length is missing."""
    found = read_chunk_header(file, range(stop, size), "little") if stop % 2 else None
    unpadded = found is not None and found[0] in _COMMON_TAGS
    return stop + (stop % 2 and not unpadded), unpadded


def _data_length(file: BinaryIO, start: int, claimed: int, size: int, large: bool) -> int:
    """Length in bytes of the samples from an offset on."""
    there = size - start
    if claimed > there:
        return there
    if claimed == 0 or (claimed >= UNKNOWN_SIZE and not large):
        return claimed if is_filled_by_chunks(file, range(start + claimed, size), "little") else there
    wraps = 0 if large else (there - claimed) // _WRAP
    return claimed + wraps * _WRAP


def _rebuild_as_rf64(chunks: list[_Chunk], samples: list[_Chunk], align: int) -> Iterator[Part]:
    """Parts of an RF64 file with the samples last."""
    length = sum(len(chunk.body) for chunk in samples)
    yield b"RF64\xff\xff\xff\xffWAVEds64" + struct.pack("<IQQQI", 28, length + 2**16, length, length // align, 0)
    for chunk in chunks:
        if chunk.tag not in (b"data", b"ds64", b"JUNK"):
            odd = len(chunk.body) % 2
            yield chunk.tag + (len(chunk.body) + odd).to_bytes(4, "little")
            yield chunk.body
            yield bytes(odd)
    yield b"data\xff\xff\xff\xff"
    yield from (chunk.body for chunk in samples)
