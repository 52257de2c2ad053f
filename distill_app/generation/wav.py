"""Encoding of WAV files (Microsoft's RIFF, 1991; format tag 3 for float)."""

import struct
from collections.abc import Mapping
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

from distill_app.dsp.dither import to_pcm
from distill_app.dsp.provenance import COMMENT, SOFTWARE
from distill_app.dsp.sound import Samples
from distill_app.generation.export_format import Bits, ExportFormat

_OCTETS: dict[Bits, int] = {16: 2, 24: 3, "32f": 4}
_PCM, _FLOAT = 1, 3


class WavEncoder:
    """Encoder of a WAV file, whose header is rewritten at the end with the number of samples."""

    def __init__(self, file: BinaryIO, wanted: ExportFormat, title: str, channels: int = 1) -> None:
        self._file, self._wanted, self._title, self._channels = file, wanted, title, channels
        self._frames = 0
        file.write(self._header())

    def _header(self) -> bytes:
        return header(self._wanted.rate, self._wanted.bits, self._frames, self._title, self._channels)

    def write(self, samples: NDArray[np.float32] | NDArray[np.int32]) -> None:
        bits = self._wanted.bits
        self._file.write(samples.astype("<f4").tobytes() if bits == "32f" else pcm_octets(samples, bits))
        self._frames += len(samples)

    def finish(self) -> None:
        self._file.write(padding(self._wanted.bits, self._frames, self._channels))
        self._file.seek(0)
        self._file.write(self._header())


def header(rate: int, bits: Bits, frames: int, title: str = "", channels: int = 1) -> bytes:
    """Header of a file up to the samples, with Distill's provenance tags.

    Its length depends on `bits` and `title` only.
    """
    frame = channels * _OCTETS[bits]
    tag = _FLOAT if bits == "32f" else _PCM
    form = struct.pack("<HHIIHH", tag, channels, rate, rate * frame, frame, 8 * _OCTETS[bits])
    chunks = _chunk(b"fmt ", form + (b"\0\0" if tag == _FLOAT else b""))
    if tag == _FLOAT:
        chunks += _chunk(b"fact", struct.pack("<I", frames))
    chunks += _tags({b"INAM": title, b"ICMT": COMMENT, b"ISFT": SOFTWARE})
    data = frames * frame
    rest = 4 + len(chunks) + 8 + data + data % 2
    return b"RIFF" + struct.pack("<I", rest) + b"WAVE" + chunks + b"data" + struct.pack("<I", data)


def padding(bits: Bits, frames: int, channels: int = 1) -> bytes:
    """Padding after the samples: chunks have an even length."""
    return bytes(frames * channels * _OCTETS[bits] % 2)


def whole(samples: Samples, rate: int, title: str = "") -> bytes:
    """Complete 24-bit file of samples `[channels, n]`, clipped at full scale."""
    channels, frames = samples.shape
    octets = pcm_octets(to_pcm(samples.T, 24), 24)
    return header(rate, 24, frames, title, channels) + octets + padding(24, frames, channels)


def pcm_octets(values: NDArray[np.generic], bits: int) -> bytes:
    """Little-endian integers of `bits` from 32-bit ones."""
    whole = values.astype("<i4", order="C").reshape(-1, 1).view(np.uint8)
    return whole[:, : bits // 8].tobytes()


def _tags(texts: Mapping[bytes, str]) -> bytes:
    named = ((name, text.encode(errors="replace") + b"\0") for name, text in texts.items() if text)
    return _chunk(b"LIST", b"INFO" + b"".join(_chunk(name, text) for name, text in named))


def _chunk(name: bytes, content: bytes) -> bytes:
    return name + struct.pack("<I", len(content)) + content + bytes(len(content) % 2)
