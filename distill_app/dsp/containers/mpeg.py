"""MP3 streams, decoded to the end of the file.

A decoder estimates the number of frames unless a header in the first frame gives it. That header follows the side
information of a frame without sound: “Xing” or “Info”, flags, then the numbers of frames and bytes if flagged.
"""

import re
import struct
from dataclasses import dataclass
from typing import BinaryIO

from distill_app.dsp.containers.byte_stream import WHOLE, ByteStream
from distill_app.dsp.containers.tags import leading_tags_length, trailing_tags_start

_SEARCH_BYTES, _OVERLAP_BYTES = 2**17, 2**13
_FRAMES_MAX = 2**31 - 1
_SYNC = re.compile(rb"\xff[\xe2\xe3\xf2\xf3\xfa\xfb]")
"""First two bytes of an MPEG layer III frame of any version, with or without a checksum."""
_MIN_FRAME_BYTES = 24
"""Length of the shortest valid frame in bytes."""
_MIN_SHARE = 0.99
_RATES = {3: (44_100, 48_000, 32_000), 2: (22_050, 24_000, 16_000), 0: (11_025, 12_000, 8_000)}
"""Sample rates in Hz by the version bits of the frame header: 3 is MPEG 1, 2 is MPEG 2, 0 is MPEG 2.5."""
_KBITS_1 = (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320)
_KBITS_2 = (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160)


@dataclass(frozen=True)
class MpegFrame:
    """Header of an MPEG layer III frame.

    Args:
        start: offset of the frame.
        head: the four header bytes.
    """

    start: int
    head: bytes

    @property
    def version(self) -> int:
        return self.head[1] >> 3 & 3

    @property
    def samples(self) -> int:
        return 1152 if self.version == 3 else 576

    @property
    def byte_length(self) -> int:
        """Length of the frame in bytes."""
        kbits = (_KBITS_1 if self.version == 3 else _KBITS_2)[self.head[2] >> 4]
        rate = _RATES[self.version][self.head[2] >> 2 & 3]
        return self.samples // 8 * kbits * 1000 // rate + (self.head[2] >> 1 & 1)

    @property
    def side_info_bytes(self) -> int:
        """Length of the side information in bytes."""
        mono = self.head[3] >> 6 == 3
        return {(True, True): 17, (True, False): 32, (False, True): 9, (False, False): 17}[self.version == 3, mono]


def is_frame_header(head: bytes) -> bool:
    """Whether four bytes are the header of a layer III frame of a known bit rate."""
    if len(head) < 4 or head[0] != 0xFF or head[1] & 0xE6 != 0xE2:
        return False
    return head[1] >> 3 & 3 != 1 and 0 < head[2] >> 4 < 15 and head[2] >> 2 & 3 != 3


def first_frame(data: bytes) -> MpegFrame | None:
    """First frame that is followed by two more."""
    places = (found.start() for found in _SYNC.finditer(data))
    place = next((place for place in places if _has_frame_run(data, place, 3)), None)
    return None if place is None else MpegFrame(place, data[place : place + 4])


def begins_with_frames(data: bytes) -> bool:
    """Whether the data begins with three frames, or with as many as fit."""
    return _has_frame_run(data, 0, 3)


def _has_frame_run(data: bytes, place: int, count: int) -> bool:
    """Whether `count` frames of one kind follow each other from `place`, or as many as fit, at least two."""
    kind = None
    for number in range(count):
        head = data[place : place + 4]
        if number > 1 and len(head) < 4:
            return True
        if not is_frame_header(head) or kind not in (None, _frame_kind(head)):
            return False
        kind = _frame_kind(head)
        place += MpegFrame(place, head).byte_length
    return True


def _frame_kind(head: bytes) -> tuple[int, int]:
    """Header bits of version and layer, and of the sample rate."""
    return head[1] & 0xFE, head[2] & 0x0C


def find_streams(file: BinaryIO, place: range) -> list[ByteStream]:
    """Stream of the MP3 data: as it is if its header matches its size, else under a header with the maximum count.

    Args:
        place: byte range of the MP3 data in the file.
    """
    start = place.start + leading_tags_length(file, place)
    file.seek(start)
    data = file.read(min(_SEARCH_BYTES, max(0, place.stop - start)))
    frame = first_frame(data)
    if frame is None:
        return [WHOLE]
    sound = range(start + frame.start, place.stop)
    there = trailing_tags_start(file, sound) - sound.start
    header = _XingHeader.of(data[frame.start :], frame)
    if header is None:
        return [ByteStream((_header_frame(frame, _max_frames(sound)), sound))]
    if header.matches_size(there):
        return [ByteStream((sound,))]
    numbers = sound.start + header.place
    claims = struct.pack(">II", _max_frames(sound), len(sound))[: 8 if header.size else 4]
    parts = range(sound.start, numbers), claims, range(numbers + len(claims), sound.stop)
    return [ByteStream(parts, share=min(1.0, there / header.size) if header.size else 1.0)]


def find_next_stream(file: BinaryIO, place: range) -> ByteStream | None:
    """Stream from the next MPEG frames within the byte range `place` to its end; None if there are none."""
    for start in range(place.start, place.stop, _SEARCH_BYTES):
        file.seek(start)
        frame = first_frame(file.read(min(_SEARCH_BYTES + _OVERLAP_BYTES, place.stop - start)))
        if frame is not None:
            sound = range(start + frame.start, place.stop)
            return ByteStream((_header_frame(frame, _max_frames(sound)), sound))
    return None


def _max_frames(sound: range) -> int:
    """Maximum number of frames in the byte range `sound`."""
    return min(_FRAMES_MAX, len(sound) // _MIN_FRAME_BYTES + 1)


@dataclass(frozen=True)
class _XingHeader:
    """Frame count and byte count from the Xing or Info header in the first MPEG frame.

    Args:
        place: offset of the numbers in the frame.
        frames: frame count.
        size: byte count of all frames; 0 if not given.
    """

    place: int
    frames: int
    size: int

    @classmethod
    def of(cls, data: bytes, frame: MpegFrame) -> "_XingHeader | None":
        place = 4 + frame.side_info_bytes
        if data[place : place + 4] not in (b"Xing", b"Info") or len(data) < place + 16:
            return None
        flags, frames, size = struct.unpack_from(">III", data, place + 4)
        return cls(place + 8, frames, size if flags & 2 else 0) if flags & 1 else None

    def matches_size(self, there: int) -> bool:
        """Whether the byte count agrees with `there` bytes of data."""
        return self.frames > 0 and abs(there - self.size) <= max(4096, (1 - _MIN_SHARE) * there)


def _header_frame(like: MpegFrame, frames: int) -> bytes:
    """Silent frame with a header that claims `frames` frames."""
    needed = 4 + like.side_info_bytes + 12
    first, second, third, fourth = like.head
    heads = (bytes((first, second | 1, index << 4 | third & 0x0C, fourth)) for index in range(1, 15))
    frame = next(frame for frame in (MpegFrame(0, head) for head in heads) if frame.byte_length >= needed)
    return (frame.head + bytes(frame.side_info_bytes) + struct.pack(">4sII", b"Xing", 1, frames)).ljust(
        frame.byte_length, b"\0"
    )
