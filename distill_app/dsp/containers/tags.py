"""Metadata tags before and after the audio data of a file: ID3v2, ID3v1, APEv2."""

from typing import BinaryIO


def tag_length(head: bytes) -> int:
    """Bytes of the ID3v2 tag that begins with these ten; 0 where none does."""
    if len(head) < 10 or head[:3] != b"ID3" or max(head[6:10]) > 127:
        return 0
    size = head[6] << 21 | head[7] << 14 | head[8] << 7 | head[9]
    return 10 + size + (10 if head[5] & 0x10 else 0)


def tags_before(file: BinaryIO, place: range) -> int:
    """Bytes of the ID3v2 tags at the beginning."""
    skipped = 0
    for _ in range(8):
        file.seek(place.start + skipped)
        length = tag_length(file.read(10))
        if not length:
            break
        skipped += length
    return skipped


def tags_after(file: BinaryIO, sound: range) -> int:
    """Where the tags at the end begin: ID3v1, and APEv2 before it."""
    stop = sound.stop
    file.seek(max(sound.start, stop - 128))
    if file.read(3) == b"TAG":
        stop -= 128
    file.seek(max(sound.start, stop - 32))
    foot = file.read(32)
    if foot[:8] == b"APETAGEX":
        stop -= int.from_bytes(foot[12:16], "little") + (32 if foot[-9] & 0x80 else 0)
    return max(sound.start, stop)
