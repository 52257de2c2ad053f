"""Sound files as recorders, editors, web radios and crashed programs leave them, written byte by byte."""

import struct
from pathlib import Path

import numpy as np
import soundfile

RATE = 44_100
Signal = np.ndarray[tuple[int], np.dtype[np.float64]]
Whole = np.ndarray[tuple[int], np.dtype[np.int16]]


def tone(seconds: float, hz: float = 440.0, level: float = 0.25) -> Signal:
    return level * np.sin(2 * np.pi * hz * np.arange(round(seconds * RATE)) / RATE)


def loud_then_quiet(seconds: float) -> Signal:
    """Noise for a tenth of the time, then a faint tone: a variable bit rate that begins with its highest."""
    noise = np.random.default_rng(0).uniform(-0.9, 0.9, round(seconds * RATE / 10))
    return np.concatenate([noise, tone(seconds - len(noise) / RATE, level=0.02)])


def pcm(wave: Signal) -> bytes:
    return np.rint(wave * 32_767).astype("<i2").tobytes()


def encoded(path: Path, wave: Signal | Whole, subtype: str | None = None, rate: int = RATE, **options: object) -> bytes:
    """The file that soundfile makes of a sound, in blocks: the encoders of Ogg take no long ones."""
    channels = 1 if wave.ndim == 1 else wave[0].size
    with soundfile.SoundFile(path, "w", rate, channels, subtype, **options) as file:
        for start in range(0, len(wave), 16_384):
            file.write(wave[start : start + 16_384])
    return path.read_bytes()


# MP3


def mp3(path: Path, wave: Signal, mode: str = "CONSTANT") -> bytes:
    """With the header that tells its length."""
    return encoded(path, wave, bitrate_mode=mode, compression_level=0.5)


def mp3_frame_bytes(head: bytes) -> int:
    """Length of a frame of MPEG 1, layer III, by its four bytes."""
    kbits = (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320)[head[2] >> 4]
    rate = (44_100, 48_000, 32_000)[head[2] >> 2 & 3]
    return 144_000 * kbits // rate + (head[2] >> 1 & 1)


def without_mp3_header(data: bytes) -> bytes:
    """Its sound alone, as recorders and cutters write it."""
    start = data.index(b"\xff\xfb")
    assert b"Xing" in data[start : start + 64] or b"Info" in data[start : start + 64]
    return data[start + mp3_frame_bytes(data[start:]) :]


# FLAC


def with_flac_total(data: bytes, total: int) -> bytes:
    """Another number of samples in the header; a program that writes to a pipe leaves 0."""
    return data[:21] + bytes([data[21] & 0xF0 | total >> 32]) + (total % 2**32).to_bytes(4, "big") + data[26:]


def flac_in_ogg(data: bytes) -> bytes:
    """A FLAC file in pages: the first has the header's first block, every other what a page can hold at most."""
    first, rest = b"\x7fFLAC\x01\x00\x00\x01" + data[:42], data[42:]
    most = 255 * 255 - 255
    parts = [first, *(rest[start : start + most] for start in range(0, len(rest), most))]
    return b"".join(_page(part, number, len(parts)) for number, part in enumerate(parts))


def _page(body: bytes, number: int, count: int) -> bytes:
    segments = [255] * (len(body) // 255) + [len(body) % 255]
    kind = (2 if number == 0 else 0) | (4 if number == count - 1 else 0)
    return b"OggS" + struct.pack("<BBqIIIB", 0, kind, 0, 7, number, 0, len(segments)) + bytes(segments) + body


# WAV


def chunk(name: bytes, body: bytes, size: int | None = None, padded: bool = True) -> bytes:
    """A chunk, which claims `size` bytes."""
    size = len(body) if size is None else size
    return name + size.to_bytes(4, "little") + body + bytes(len(body) % 2 if padded else 0)


def wav_format(tag: int = 1, channels: int = 1, bits: int = 16) -> bytes:
    align = channels * bits // 8
    return chunk(b"fmt ", struct.pack("<HHIIHH", tag, channels, RATE, RATE * align, align, bits))


def riff(body: bytes, size: int | None = None, name: bytes = b"RIFF") -> bytes:
    return name + (len(body) + 4 if size is None else size).to_bytes(4, "little") + b"WAVE" + body


def wav(wave: Signal, size: int | None = None) -> bytes:
    """16 bit, with a claimed size of the samples, in both places that have one."""
    samples = pcm(wave)
    whole = None if size is None else min(size + 36, 2**32 - 1) if size else 0
    return riff(wav_format() + chunk(b"data", samples, size), whole)


def large_wav(name: bytes, data_size: int, samples: bytes) -> bytes:
    """With its size in 64 bits, as RF64 and BW64 have it."""
    sizes = struct.pack("<QQQI", len(samples) + 72, data_size, data_size // 2, 0)
    body = chunk(b"ds64", sizes) + wav_format() + chunk(b"data", samples, 2**32 - 1)
    return riff(body, 2**32 - 1, name)
