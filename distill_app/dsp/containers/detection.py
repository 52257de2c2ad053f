"""Detection of sound file formats by first bytes and by file name suffix."""

from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO, Literal

from distill_app.dsp.containers import aiff_au_caf, flac, mpeg, ogg, riff
from distill_app.dsp.containers.byte_stream import WHOLE, ByteStream, open_for_reading
from distill_app.dsp.containers.tags import id3v2_length

SUFFIXES = frozenset(
    {".wav", ".wave", ".bwf", ".rf64", ".w64", ".aif", ".aiff", ".aifc", ".caf", ".au", ".snd", ".voc"}
    | {".flac", ".ogg", ".oga", ".opus", ".mp3", ".mp2"}
    | {".avr", ".paf", ".pvf", ".svx", ".8svx", ".sph", ".nist", ".sds", ".sf", ".ircam"}
)
"""File name suffixes of sound formats that can be decoded."""
UNSUPPORTED_SUFFIXES = frozenset(
    {".m4a", ".m4b", ".mp4", ".aac", ".alac", ".wma", ".webm", ".mka", ".amr", ".3gp", ".ra"}
    | {".ape", ".wv", ".tta", ".mpc", ".ac3", ".dsf", ".dff"}
)
"""File name suffixes of sound formats that cannot be decoded."""


def is_named_sound(path: Path) -> bool:
    """Whether the suffix is that of a sound format, readable or not."""
    return path.suffix.lower() in SUFFIXES | UNSUPPORTED_SUFFIXES


Kind = Literal["sound", "unsupported", ""]
Finder = Callable[[BinaryIO, int], list[ByteStream]]

_WHOLE_FILE_MAGIC = (
    b"riff\x2e\x91\xcf\x11",
    *(b"RIFX", b"Creative Voice ", b"NIST_1A", b"2BIT", b" paf", b"fap ", b"PVF1"),
    *(b"\x64\xa3%c\0" % machine for machine in (1, 2, 3, 4)),
    *(b"\0%c\xa3\x64" % machine for machine in (1, 2, 3, 4)),
)
"""First bytes of W64, big-endian WAV, VOC, SPHERE, AVR, PAF, PVF and IRCAM files, all of which libsndfile reads."""
_UNSUPPORTED_MAGIC = (
    b"\x1aE\xdf\xa3",
    b"\x30\x26\xb2\x75\x8e\x66\xcf\x11",
    *(b"#!AMR", b"MAC ", b"wvpk", b"TTA1", b"MPCK", b"MP+", b"DSD ", b"FRM8", b"ADIF", b".RMF"),
)
"""First bytes of unsupported files: Matroska, Windows Media, AMR, APE, WavPack, TTA, Musepack, DSD, AAC, RealMedia."""
_PROBE_BYTES = 4096


def find_streams(path: Path) -> list[ByteStream]:
    """Streams of a sound file in order of decoding. Raises OSError."""
    with open_for_reading(path) as file:
        size = file.seek(0, 2)
        file.seek(0)
        head = file.read(16)
        find = _finder(head)
        if find:
            return find(file, size)
        if _is_unsupported(head):
            return [WHOLE]
        start = id3v2_length(head)
        file.seek(start)
        return (
            flac.find_streams(file, range(start, size))
            if file.read(4) == b"fLaC"
            else mpeg.find_streams(file, range(size))
        )


def find_stream_after(path: Path, stream: ByteStream, offset: int, least: int = 0) -> ByteStream | None:
    """MP3 stream behind the offset at which a decoder stopped; None if there is none. Raises OSError.

    Args:
        offset: byte offset up to which the decoder has read.
        least: minimum number of bytes from there on.
    """
    ranges = [part for part in stream.parts if isinstance(part, range)]
    if not ranges:
        return None
    begun, stop = min(part.start for part in ranges), max(part.stop for part in ranges)
    if stop - offset < least:
        return None
    with open_for_reading(path) as file:
        return mpeg.find_next_stream(file, range(min(stop, max(offset, begun + 1)), stop))


def _finder(head: bytes) -> Finder | None:
    """Finder of the streams by the first bytes; None for MP3 and unknown formats."""
    if head[:4] in (b"RIFF", b"RF64", b"BW64") and head[8:12] == b"WAVE":
        return riff.find_streams
    if head[:4] == b"FORM" and head[8:12] in (b"AIFF", b"AIFC"):
        return aiff_au_caf.find_aiff_streams
    if head.startswith(_WHOLE_FILE_MAGIC) or (head[:4] == b"FORM" and head[8:12] in (b"8SVX", b"16SV")):
        return _whole_file
    return _FINDERS.get(head[:4])


def _whole_file(_: BinaryIO, __: int) -> list[ByteStream]:
    return [WHOLE]


_FINDERS: dict[bytes, Finder] = {
    b"OggS": ogg.find_streams,
    b"caff": aiff_au_caf.find_caf_streams,
    b".snd": aiff_au_caf.find_au_streams,
}


def detect_kind(path: Path) -> Kind:
    """Kind of a file by its first bytes, without parsing the rest. Raises OSError."""
    with open_for_reading(path) as file:
        head = file.read(16)
        if _is_unsupported(head):
            return "unsupported"
        if _finder(head) or head[:4] == b"fLaC" or id3v2_length(head):
            return (
                "sound" if head[:4] != b"RIFF" or riff.is_supported(head + file.read(_PROBE_BYTES)) else "unsupported"
            )
        if mpeg.is_frame_header(head[:4]) and mpeg.begins_with_frames(head + file.read(_PROBE_BYTES)):
            return "sound"
    return ""


def _is_unsupported(head: bytes) -> bool:
    return head.startswith(_UNSUPPORTED_MAGIC) or head.startswith(b"ftyp", 4) or _is_aac(head)


def _is_aac(head: bytes) -> bool:
    """Whether the bytes begin an ADTS frame."""
    return len(head) > 3 and head[0] == 0xFF and head[1] & 0xF6 == 0xF0 and head[2] >> 2 & 15 < 13
