"""MP3 streams, decoded frame by frame to the end of the file.

Decoders estimate the number of frames where no header in the first frame gives it. That header is “Xing” or “Info”
behind the side information of a frame without sound, then flags, and the numbers of frames and of bytes, each present
where its flag is set.
"""

import re
import struct
from dataclasses import dataclass
from typing import BinaryIO

from distill_app.dsp.containers.byte_stream import WHOLE, Stream
from distill_app.dsp.containers.tags import tags_after, tags_before

_SEARCHED, _OVERLAP = 2**17, 2**13
_FRAMES_MAX = 2**31 - 1
_SYNC = re.compile(rb"\xff[\xe2\xe3\xf2\xf3\xfa\xfb]")
"""First two bytes of an MPEG layer III frame of any version, with or without a checksum."""
_SHORTEST = 24
"""Length of the shortest valid frame in bytes."""
_SHARE = 0.99
_RATES = {3: (44_100, 48_000, 32_000), 2: (22_050, 24_000, 16_000), 0: (11_025, 12_000, 8_000)}
"""Sample rates in Hz by the version bits of the frame header: 3 is MPEG 1, 2 is MPEG 2, 0 is MPEG 2.5."""
_KBITS_1 = (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320)
_KBITS_2 = (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160)


@dataclass(frozen=True)
class Frame:
    """Header of a frame of layer III.

    Args:
        start: its offset.
        head: its four bytes.
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
    def length(self) -> int:
        """In bytes."""
        kbits = (_KBITS_1 if self.version == 3 else _KBITS_2)[self.head[2] >> 4]
        rate = _RATES[self.version][self.head[2] >> 2 & 3]
        return self.samples // 8 * kbits * 1000 // rate + (self.head[2] >> 1 & 1)

    @property
    def side(self) -> int:
        """Bytes of side information."""
        mono = self.head[3] >> 6 == 3
        return {(True, True): 17, (True, False): 32, (False, True): 9, (False, False): 17}[self.version == 3, mono]


def is_frame(head: bytes) -> bool:
    """Whether four bytes begin a frame of layer III of a known bit rate."""
    if len(head) < 4 or head[0] != 0xFF or head[1] & 0xE6 != 0xE2:
        return False
    return head[1] >> 3 & 3 != 1 and 0 < head[2] >> 4 < 15 and head[2] >> 2 & 3 != 3


def first_frame(data: bytes) -> Frame | None:
    """The first frame that two more follow."""
    places = (found.start() for found in _SYNC.finditer(data))
    place = next((place for place in places if _run(data, place, 3)), None)
    return None if place is None else Frame(place, data[place : place + 4])


def begins_with_frames(data: bytes) -> bool:
    """Whether three frames, or as many as there is room for, are the beginning."""
    return _run(data, 0, 3)


def _run(data: bytes, place: int, count: int) -> bool:
    """Whether so many frames of one kind follow each other, or as many as there is room for, two at least."""
    kind = None
    for number in range(count):
        head = data[place : place + 4]
        if number > 1 and len(head) < 4:
            return True
        if not is_frame(head) or kind not in (None, _kind(head)):
            return False
        kind = _kind(head)
        place += Frame(place, head).length
    return True


def _kind(head: bytes) -> tuple[int, int]:
    """Version and layer, sample rate."""
    return head[1] & 0xFE, head[2] & 0x0C


def streams(file: BinaryIO, place: range) -> list[Stream]:
    """One stream: the file itself where its header fits it, else its frames under one that claims as many as may be.

    Args:
        place: of the MP3 data in the file.
    """
    start = place.start + tags_before(file, place)
    file.seek(start)
    data = file.read(min(_SEARCHED, max(0, place.stop - start)))
    frame = first_frame(data)
    if frame is None:
        return [WHOLE]
    sound = range(start + frame.start, place.stop)
    there = tags_after(file, sound) - sound.start
    header = _Header.of(data[frame.start :], frame)
    if header is None:
        return [Stream((_header_frame(frame, _most(sound)), sound))]
    if header.fits(there):
        return [Stream((sound,))]
    numbers = sound.start + header.place
    claims = struct.pack(">II", _most(sound), len(sound))[: 8 if header.size else 4]
    parts = range(sound.start, numbers), claims, range(numbers + len(claims), sound.stop)
    return [Stream(parts, share=min(1.0, there / header.size) if header.size else 1.0)]


def next_stream(file: BinaryIO, place: range) -> Stream | None:
    """Stream from the next MPEG frames within the byte range `place` to its end; None where there are none."""
    for start in range(place.start, place.stop, _SEARCHED):
        file.seek(start)
        frame = first_frame(file.read(min(_SEARCHED + _OVERLAP, place.stop - start)))
        if frame is not None:
            sound = range(start + frame.start, place.stop)
            return Stream((_header_frame(frame, _most(sound)), sound))
    return None


def _most(sound: range) -> int:
    """Frames that so many bytes can hold."""
    return min(_FRAMES_MAX, len(sound) // _SHORTEST + 1)


@dataclass(frozen=True)
class _Header:
    """Frame count and byte count from the Xing or Info header in the first MPEG frame.

    Args:
        place: offset of the numbers in the frame.
        frames: how many there are.
        size: of all of them in bytes; 0 where it does not say.
    """

    place: int
    frames: int
    size: int

    @classmethod
    def of(cls, data: bytes, frame: Frame) -> "_Header | None":
        place = 4 + frame.side
        if data[place : place + 4] not in (b"Xing", b"Info") or len(data) < place + 16:
            return None
        flags, frames, size = struct.unpack_from(">III", data, place + 4)
        return cls(place + 8, frames, size if flags & 2 else 0) if flags & 1 else None

    def fits(self, there: int) -> bool:
        """Whether so many bytes are the stream that it tells of."""
        return self.frames > 0 and abs(there - self.size) <= max(4096, (1 - _SHARE) * there)


def _header_frame(like: Frame, frames: int) -> bytes:
    """A frame without sound that claims so many frames."""
    needed = 4 + like.side + 12
    first, second, third, fourth = like.head
    heads = (bytes((first, second | 1, index << 4 | third & 0x0C, fourth)) for index in range(1, 15))
    frame = next(frame for frame in (Frame(0, head) for head in heads) if frame.length >= needed)
    return (frame.head + bytes(frame.side) + struct.pack(">4sII", b"Xing", 1, frames)).ljust(frame.length, b"\0")
