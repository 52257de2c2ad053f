"""Notes and standard MIDI files (format 0)."""

import struct
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

DRUM_CHANNEL = 9
BEND_CENTRE = 8_192
BEND_RANGE_CENTS = 200.0

_TICKS_PER_BEAT = 480
_TICKS_PER_SECOND = 960
"""At 120 beats a minute, the default of a file without a tempo."""


@dataclass(frozen=True)
class Note:
    """Note from `start_seconds` for `seconds`; pitch and velocity are MIDI values, 0 to 127."""

    start_seconds: float
    seconds: float
    pitch: int
    velocity: int
    channel: int = 0


@dataclass(frozen=True)
class Bend:
    """Pitch bend of one channel to `cents`, −200 to 200."""

    seconds: float
    channel: int
    cents: float


@dataclass(frozen=True)
class Score:
    """Phrase: notes, program of each channel, and pitch bends."""

    notes: tuple[Note, ...]
    programs: dict[int, int]
    bends: tuple[Bend, ...] = ()


def write_midi(score: Score, path: Path) -> None:
    track = b"".join(_with_deltas(sorted(_events(score)))) + b"\x00\xff\x2f\x00"
    header = struct.pack(">4sIHHH", b"MThd", 6, 0, 1, _TICKS_PER_BEAT)
    path.write_bytes(header + struct.pack(">4sI", b"MTrk", len(track)) + track)


def _events(score: Score) -> Iterable[tuple[int, int, bytes]]:
    """(tick, order within the tick, message): programs first, then bends, note-offs, note-ons."""
    for channel, program in score.programs.items():
        yield 0, 0, bytes((0xC0 | channel, program))
    for bend in score.bends:
        yield _tick(bend.seconds), 1, _bend_message(bend)
    for note in score.notes:
        yield _tick(note.start_seconds), 3, bytes((0x90 | note.channel, note.pitch, note.velocity))
        yield _tick(note.start_seconds + note.seconds), 2, bytes((0x80 | note.channel, note.pitch, 0))


def _bend_message(bend: Bend) -> bytes:
    value = BEND_CENTRE + round(bend.cents / BEND_RANGE_CENTS * (BEND_CENTRE - 1))
    return bytes((0xE0 | bend.channel, value & 0x7F, value >> 7))


def _with_deltas(events: list[tuple[int, int, bytes]]) -> Iterable[bytes]:
    now = 0
    for tick, _, message in events:
        yield _variable_length(tick - now) + message
        now = tick


def _tick(seconds: float) -> int:
    return round(seconds * _TICKS_PER_SECOND)


def _variable_length(number: int) -> bytes:
    """MIDI variable-length quantity: big-endian groups of seven bits, all but the last with the top bit set."""
    groups = [number & 0x7F]
    while number := number >> 7:
        groups.append(0x80 | number & 0x7F)
    return bytes(reversed(groups))
