"""Reader of TensorFlow's checkpoints (a “tensor bundle”: an index and one data file).

The index is a LevelDB table (github.com/google/leveldb, doc/table_format.md) of BundleEntryProto messages
(tensorflow/core/protobuf/tensor_bundle.proto) by variable name. Uncompressed tables and float32 variables alone.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from distill_app.common.errors import DistillError

_MAGIC = 0xDB4775248B80FB57
_FOOTER_BYTES, _RESTART_BYTES = 48, 4
_FLOAT32 = 1
_DTYPE, _SHAPE, _SHARD, _OFFSET, _SIZE = 1, 2, 3, 4, 5
_VARINT, _FIXED64, _BYTES, _FIXED32 = 0, 1, 2, 5

Message = list[tuple[int, int | bytes]]


class BundleError(DistillError):
    """A checkpoint is damaged, or of a kind that is not read here."""


@dataclass(frozen=True)
class Entry:
    """Place of a variable in the data file."""

    dtype: int
    shape: tuple[int, ...]
    offset: int
    size: int


def read_bundle(index: bytes, data: bytes) -> dict[str, NDArray[np.float32]]:
    """Float32 variables of a checkpoint by name. Raises BundleError."""
    try:
        entries = {key.decode(): _entry(value) for key, value in read_table(index) if key}
        return {name: _values(entry, data) for name, entry in entries.items() if entry.dtype == _FLOAT32}
    except (IndexError, struct.error, ValueError) as error:
        raise BundleError(f"The checkpoint is damaged ({error}).") from error


def read_table(content: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Keys and values of a LevelDB table."""
    footer = content[-_FOOTER_BYTES:]
    if struct.unpack("<Q", footer[-8:])[0] != _MAGIC:
        raise BundleError("This is no LevelDB table.")
    _, place = _handle(footer, 0)
    (start, size), _ = _handle(footer, place)
    for _, handle in _block(content, start, size):
        yield from _block(content, *_handle(handle, 0)[0])


def _handle(content: bytes, place: int) -> tuple[tuple[int, int], int]:
    """Offset and size of a block, and the place after them."""
    offset, place = _varint(content, place)
    size, place = _varint(content, place)
    return (offset, size), place


def _block(content: bytes, start: int, size: int) -> Iterator[tuple[bytes, bytes]]:
    """Keys and values of a block; a key shares its beginning with the one before."""
    if content[start + size] != 0:
        raise BundleError("The table is compressed.")
    block = content[start : start + size]
    end = len(block) - _RESTART_BYTES * (1 + struct.unpack("<I", block[-_RESTART_BYTES:])[0])
    place, key = 0, b""
    while place < end:
        shared, place = _varint(block, place)
        added, place = _varint(block, place)
        length, place = _varint(block, place)
        key = key[:shared] + block[place : place + added]
        place += added + length
        yield key, block[place - length : place]


def _varint(content: bytes, place: int) -> tuple[int, int]:
    """Number of seven bits a byte, lowest first, and the place after it."""
    value = shift = 0
    while True:
        byte = content[place]
        value |= (byte & 0x7F) << shift
        place, shift = place + 1, shift + 7
        if byte < 0x80:
            return value, place


def _message(content: bytes) -> Message:
    """Fields of a protocol buffer, as number and value."""
    found: Message = []
    place = 0
    while place < len(content):
        tag, place = _varint(content, place)
        value, place = _field_value(content, place, tag & 7)
        found.append((tag >> 3, value))
    return found


def _field_value(content: bytes, place: int, kind: int) -> tuple[int | bytes, int]:
    if kind == _VARINT:
        return _varint(content, place)
    if kind == _BYTES:
        size, place = _varint(content, place)
    elif kind in (_FIXED32, _FIXED64):
        size = 4 if kind == _FIXED32 else 8
    else:
        raise BundleError("The checkpoint has a field of an unknown kind.")
    return content[place : place + size], place + size


def _entry(value: bytes) -> Entry:
    message = _message(value)
    numbers = {number: field for number, field in message if isinstance(field, int)}
    if numbers.get(_SHARD, 0):
        raise BundleError("The checkpoint has more than one data file.")
    shape = next((_shape(field) for number, field in message if number == _SHAPE and isinstance(field, bytes)), ())
    return Entry(numbers.get(_DTYPE, 0), shape, numbers.get(_OFFSET, 0), numbers.get(_SIZE, 0))


def _shape(content: bytes) -> tuple[int, ...]:
    dimensions = [_message(field) for number, field in _message(content) if isinstance(field, bytes)]
    return tuple(next((size for number, size in each if isinstance(size, int)), 0) for each in dimensions)


def _values(entry: Entry, data: bytes) -> NDArray[np.float32]:
    content = data[entry.offset : entry.offset + entry.size]
    return np.frombuffer(content, "<f4").reshape(entry.shape).astype(np.float32)
