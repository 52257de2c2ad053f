"""MIDI files, parsed by the test."""

import struct
from collections.abc import Iterator
from pathlib import Path

from tools.vocoder_audio.midi import Bend, Note, Score, write_midi


def _variable(data: bytes, at: int) -> tuple[int, int]:
    value = 0
    while True:
        value = value << 7 | data[at] & 0x7F
        at += 1
        if data[at - 1] < 0x80:
            return value, at


def _messages(data: bytes) -> Iterator[tuple[int, bytes]]:
    """(tick, message) of a format 0 file without running status."""
    magic, size, kind, tracks, _ = struct.unpack_from(">4sIHHH", data)
    name, length = struct.unpack_from(">4sI", data, 8 + size)
    assert (magic, kind, tracks, name) == (b"MThd", 0, 1, b"MTrk")
    at, tick = 16 + size, 0
    assert len(data) == at + length
    while at < len(data):
        delta, at = _variable(data, at)
        tick += delta
        count = 2 if data[at] & 0xF0 == 0xC0 else 3  # 0xFF 0x2F 0x00, the end of the track, is three bytes, too
        yield tick, data[at : at + count]
        at += count


def _write_and_parse(score: Score, folder: Path) -> list[tuple[int, bytes]]:
    write_midi(score, folder / "score.mid")
    return list(_messages((folder / "score.mid").read_bytes()))


def test_note_starts_and_ends_at_its_times(tmp_path: Path) -> None:
    found = _write_and_parse(Score((Note(0.5, 2.25, 60, 100, 3),), {3: 40}), tmp_path)
    assert found == [
        (0, bytes((0xC3, 40))),
        (480, bytes((0x93, 60, 100))),
        (2_640, bytes((0x83, 60, 0))),
        (2_640, b"\xff\x2f\x00"),
    ]


def test_note_off_precedes_a_repeated_note_on(tmp_path: Path) -> None:
    found = _write_and_parse(Score((Note(1.0, 1.0, 60, 90), Note(0.0, 1.0, 60, 80)), {0: 0}), tmp_path)
    assert [message[0] for tick, message in found if tick == 960] == [0x80, 0x90]


def test_pitch_bend_reaches_its_limits_and_centre(tmp_path: Path) -> None:
    bends = (Bend(0.0, 0, -200.0), Bend(1.0, 0, 0.0), Bend(2.0, 0, 200.0))
    found = [message for _, message in _write_and_parse(Score((), {}, bends), tmp_path) if message[0] == 0xE0]
    assert [message[1] | message[2] << 7 for message in found] == [1, 8_192, 16_383]


def test_long_delta_times_use_groups_of_seven_bits(tmp_path: Path) -> None:
    starts = (0.0, 1.0, 20.0, 3_000.0)  # up to 2.9 million ticks: one to four bytes
    found = _write_and_parse(Score(tuple(Note(start, 0.5, 60, 90) for start in starts), {}), tmp_path)
    assert [tick / 960 for tick, message in found if message[0] == 0x90] == list(starts)
