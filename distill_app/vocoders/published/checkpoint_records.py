"""Checks the sizes of a torch checkpoint's records against its pickle, before torch maps the file.

torch reads as many bytes as the pickle asks for, whatever the record's size; if a record was cut short, the bytes that
follow it become weights. Here the pickle is read with placeholders for all that it names, so that nothing is imported,
called or built.
"""

import io
import pickle
import zipfile
from pathlib import Path
from typing import Any, ClassVar

from distill_app.common.parsing import ParseError, parse_guard

_PICKLE_BYTES_MAX = 64 * 2**20
_ITEM_BYTES = {
    "UntypedStorage": 1,
    **dict.fromkeys(("ByteStorage", "CharStorage", "BoolStorage"), 1),
    **dict.fromkeys(("HalfStorage", "BFloat16Storage", "ShortStorage"), 2),
    **dict.fromkeys(("FloatStorage", "IntStorage"), 4),
    **dict.fromkeys(("DoubleStorage", "LongStorage", "ComplexFloatStorage"), 8),
    "ComplexDoubleStorage": 16,
}
_NOT_TORCH = (pickle.BYTEARRAY8, pickle.NEXT_BUFFER, pickle.READONLY_BUFFER, pickle.EXT1, pickle.EXT2, pickle.EXT4)


def check_records(path: Path) -> None:
    """Raises OSError, BadZipFile or ParseError where a record is compressed, damaged or of another size."""
    with zipfile.ZipFile(path) as archive, parse_guard():
        entries = {entry.filename: entry for entry in archive.infolist()}
        if len(entries) != len(archive.infolist()):
            raise ParseError("two records have one name")
        if any(entry.compress_type != zipfile.ZIP_STORED for entry in entries.values()):
            raise ParseError("a record is compressed, and could unpack to any size")
        if (damaged := archive.testzip()) is not None:
            raise ParseError(f"“{damaged}” is damaged")
        root = next(iter(entries)).partition("/")[0]
        description = entries[f"{root}/data.pkl"]
        if description.file_size > _PICKLE_BYTES_MAX:
            raise ParseError("its description is larger than any")
        for key, size in _storage_bytes(archive.read(description)).items():
            if entries[f"{root}/data/{key}"].file_size != size:
                raise ParseError(f"the record of tensor {key} has another size than it should have")


def _storage_bytes(content: bytes) -> dict[str, int]:
    """Size of each storage in bytes, by the name of its record."""
    reader = _StorageReader(io.BytesIO(content))
    reader.load()
    return reader.size_bytes


class _Placeholder:
    """Takes the place of every object that a pickle names or builds, and ignores what the pickle does to it."""

    def __init__(self, name: str = "") -> None:
        self.name = name

    def __call__(self, *_: object) -> "_Placeholder":
        return _Placeholder()

    def __setitem__(self, _key: object, _value: object) -> None:
        pass

    def __setstate__(self, _state: object) -> None:
        pass

    def append(self, _value: object) -> None:
        pass


class _StorageReader(pickle._Unpickler):
    """Unpickler that records storage sizes; the standard library's Python version, whose opcodes can be overridden."""

    dispatch: ClassVar[dict[int, Any]] = {
        code: step for code, step in pickle._Unpickler.dispatch.items() if bytes([code]) not in _NOT_TORCH
    }

    def __init__(self, file: io.BytesIO) -> None:
        super().__init__(file)
        self.size_bytes: dict[str, int] = {}

    def find_class(self, _module: str, name: str) -> _Placeholder:
        return _Placeholder(name)

    def persistent_load(self, storage: Any) -> _Placeholder:
        """Record the size of a storage: ("storage", type, name of the record, device, number of values)."""
        _, kind, key, _, values = storage
        size = _ITEM_BYTES[kind.name] * int(values)
        if self.size_bytes.setdefault(str(key), size) != size:
            raise ParseError("a record is asked for in two sizes")
        return _Placeholder()
