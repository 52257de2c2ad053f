"""Checkpoints of TensorFlow, written here byte by byte."""

import struct

import numpy as np
import pytest

from tools.bench_sound.tensor_bundle import BundleError, read_bundle

_NO_COMPRESSION = b"\0" + b"\0" * 4
_MAGIC = struct.pack("<Q", 0xDB4775248B80FB57)


def _varint(value: int) -> bytes:
    found = b""
    while value >= 0x80:
        found += bytes([value & 0x7F | 0x80])
        value >>= 7
    return found + bytes([value])


def _field(number: int, value: int | bytes) -> bytes:
    if isinstance(value, int):
        return _varint(number << 3) + _varint(value)
    return _varint(number << 3 | 2) + _varint(len(value)) + value


def _entry(shape: tuple[int, ...], offset: int, dtype: int = 1, shard: int = 0) -> bytes:
    dimensions = b"".join(_field(2, _field(1, size)) for size in shape)
    size = 4 * int(np.prod(shape))
    parts = _field(1, dtype) + _field(2, dimensions) + _field(3, shard) + _field(4, offset) + _field(5, size)
    return parts + _varint(6 << 3 | 5) + b"crc4"


def _block(entries: list[tuple[bytes, bytes]]) -> bytes:
    """Block whose keys share what they have in common with the key before."""
    found, before = b"", b""
    for key, value in entries:
        shared = next((n for n, (a, b) in enumerate(zip(key, before, strict=False)) if a != b), 0)
        found += _varint(shared) + _varint(len(key) - shared) + _varint(len(value)) + key[shared:] + value
        before = key
    return found + struct.pack("<II", 0, 1)


def _table(entries: list[tuple[bytes, bytes]]) -> bytes:
    block = _block(entries)
    handle = _varint(0) + _varint(len(block))
    content, place = block + _NO_COMPRESSION, len(block) + 5
    index = _block([(b"z", handle)])
    footer = (_varint(0) * 2 + _varint(place) + _varint(len(index))).ljust(40, b"\0") + _MAGIC
    return content + index + _NO_COMPRESSION + footer


_HEADER = (b"", b"\x08\x01")


def test_variables_are_found_with_their_shapes() -> None:
    data = np.arange(306, dtype="<f4")
    entries = [_HEADER, (b"conv2d/bias", _entry((2, 3), 0)), (b"conv2d/kernel", _entry((300,), 24))]
    found = read_bundle(_table(entries), data.tobytes())
    assert list(found) == ["conv2d/bias", "conv2d/kernel"]
    assert found["conv2d/bias"].tolist() == [[0, 1, 2], [3, 4, 5]]
    assert found["conv2d/kernel"].tolist() == list(range(6, 306))


def test_other_types_are_left_out() -> None:
    assert not read_bundle(_table([_HEADER, (b"step", _entry((1,), 0, dtype=9))]), b"")


@pytest.mark.parametrize("damage", [lambda table: table[:-8] + b"\0" * 8, lambda table: table[-56:]])
def test_a_damaged_index_is_refused(damage: object) -> None:
    assert callable(damage)
    with pytest.raises(BundleError):
        read_bundle(damage(_table([_HEADER, (b"a", _entry((1,), 0))])), b"")


def test_a_truncated_data_file_is_refused() -> None:
    with pytest.raises(BundleError):
        read_bundle(_table([_HEADER, (b"a", _entry((4,), 0))]), b"\0" * 8)


def test_a_second_data_file_is_refused() -> None:
    with pytest.raises(BundleError, match="more than one"):
        read_bundle(_table([_HEADER, (b"a", _entry((1,), 0, shard=1))]), b"\0" * 4)
