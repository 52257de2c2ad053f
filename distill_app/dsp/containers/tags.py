"""Lengths of the metadata tags around the audio data of a file: ID3v2, ID3v1, APEv2."""

from typing import BinaryIO


def id3v2_length(head: bytes) -> int:
    """Length in bytes of the ID3v2 tag that begins with these ten bytes; 0 if they begin none."""
    if len(head) < 10 or head[:3] != b"ID3" or max(head[6:10]) > 127:
        return 0
    size = head[6] << 21 | head[7] << 14 | head[8] << 7 | head[9]
    return 10 + size + (10 if head[5] & 0x10 else 0)


def leading_tags_length(file: BinaryIO, place: range) -> int:
    """Length in bytes of the ID3v2 tags at the start of the byte range `place`."""
    skipped = 0
    for _ in range(8):
        file.seek(place.start + skipped)
        length = id3v2_length(file.read(10))
        if not length:
            break
        skipped += length
    return skipped


def trailing_tags_start(file: BinaryIO, sound: range) -> int:
    """Offset at which the trailing tags begin: ID3v1, and APEv2 before it."""
    stop = sound.stop
    file.seek(max(sound.start, stop - 128))
    if file.read(3) == b"TAG":
        stop -= 128
    file.seek(max(sound.start, stop - 32))
    foot = file.read(32)
    if foot[:8] == b"APETAGEX":
        stop -= int.from_bytes(foot[12:16], "little") + (32 if foot[-9] & 0x80 else 0)
    return max(sound.start, stop)
