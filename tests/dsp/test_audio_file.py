"""Sound files of every kind, and of none, as they come from people's disks."""

import gc
import itertools
import os
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any

import numpy as np
import pytest
import soundfile

from distill_app.common.errors import AudioFileError
from distill_app.dsp.audio_file import read_pieces, read_sound

PACKAGE = str(Path("distill_app", "dsp"))
TraceFunction = Callable[[FrameType, str, Any], Any]


def tone(frames: int = 4410, channels: int = 1) -> np.ndarray:
    time = np.arange(frames) / 44_100
    return np.stack([0.5 * np.sin(2 * np.pi * 100 * (c + 1) * time) for c in range(channels)], axis=1)


def wav(path: Path, samples: np.ndarray, rate: int = 44_100, subtype: str = "FLOAT") -> Path:
    soundfile.write(path, samples, rate, subtype=subtype)
    return path


@pytest.mark.parametrize(("name", "tolerance"), [("a.wav", 1e-4), ("a.flac", 1e-4), ("a.aiff", 1e-4), ("a.ogg", 0.05)])
def test_reads_every_format(tmp_path: Path, name: str, tolerance: float) -> None:
    soundfile.write(tmp_path / name, tone(channels=2), 44_100)
    sound = read_sound(tmp_path / name)
    assert sound.samples.shape == (2, 4410)
    np.testing.assert_allclose(sound.samples, tone(channels=2).T, atol=tolerance)


def test_reads_mp3(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "a.mp3", tone(44_100), 44_100)
    sound = read_sound(tmp_path / "a.mp3")
    assert abs(sound.frames - 44_100) < 1200
    assert np.sqrt(np.mean(sound.samples**2)) == pytest.approx(0.5 / np.sqrt(2), rel=0.05)


def test_32_channels_at_192_khz_and_one_sample(tmp_path: Path) -> None:
    assert read_sound(wav(tmp_path / "wide.wav", tone(1920, 32), 192_000)).samples.shape == (32, 1920)
    assert read_sound(wav(tmp_path / "wide.wav", tone(1920, 32), 192_000)).sample_rate == 192_000
    assert read_sound(wav(tmp_path / "one.wav", np.full((1, 1), 0.25))).samples.tolist() == [[0.25]]


def test_pieces_joined_are_the_whole(tmp_path: Path) -> None:
    path = wav(tmp_path / "long.wav", np.random.default_rng(0).normal(0, 0.1, (200_000, 2)))
    pieces = list(read_pieces(path, 1.0))
    assert [piece.frames for piece in pieces] == [44_100] * 4 + [23_600]
    np.testing.assert_array_equal(np.concatenate([p.samples for p in pieces], axis=1), read_sound(path).samples)


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("zero.wav", b"", "is empty"),
        ("text.wav", b"dear diary, this is no sound" * 50, "not a sound file"),
        ("half-header.wav", b"RIFF\x24\x08\x00\x00WAVEfmt ", "not a sound file"),
    ],
)
def test_files_without_sound_are_refused(tmp_path: Path, name: str, content: bytes, sentence: str) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(AudioFileError, match=sentence):
        read_sound(tmp_path / name)


def header(channels: int = 1, rate: int = 44_100, data_size: int = 200) -> bytes:
    """A 16-bit WAV whose header claims the given sizes."""
    parts = [b"RIFF", (36 + data_size).to_bytes(4, "little"), b"WAVEfmt ", (16).to_bytes(4, "little")]
    parts += [(1).to_bytes(2, "little"), channels.to_bytes(2, "little"), rate.to_bytes(4, "little")]
    parts += [(rate * channels * 2 % 2**32).to_bytes(4, "little"), (2 * channels % 2**16).to_bytes(2, "little")]
    return b"".join([*parts, (16).to_bytes(2, "little"), b"data", data_size.to_bytes(4, "little")])


def test_no_channels_no_frames_and_an_impossible_rate_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "odd.wav"
    path.write_bytes(header(channels=0) + bytes(200))
    with pytest.raises(AudioFileError, match="“odd"):
        read_sound(path)
    path.write_bytes(header(data_size=0))
    with pytest.raises(AudioFileError, match="is empty"):
        read_sound(path)
    path.write_bytes(header(rate=2_000_000_000) + bytes(200))
    with pytest.raises(AudioFileError, match="2000000000 Hz"):
        read_sound(path)


def test_a_header_that_claims_4_gb_reserves_none_of_it(tmp_path: Path) -> None:
    """Samples that are there are read, whatever length the header claims."""
    path = tmp_path / "claims.wav"
    path.write_bytes(header(data_size=2**32 - 100) + bytes(2000))
    assert read_sound(path).frames <= 1000


def half(path: Path) -> Path:
    soundfile.write(path, np.random.default_rng(0).normal(0, 0.1, 200_000), 44_100)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    return path


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("a.wav", "is cut off: 50% of what it says it holds is there, and used."),
        ("a.aiff", "is cut off: 50% of what it says it holds is there, and used."),
        ("a.mp3", "is cut off: 50% of what it says it holds is there, and used."),
        ("a.flac", "is damaged or cut off after 2.2 of 4.5 seconds; what comes before is used."),
    ],
)
def test_a_truncated_file_is_read_and_reported(tmp_path: Path, name: str, words: str) -> None:
    notes = list[str]()
    pieces = list(read_pieces(half(tmp_path / name), 60, notes))
    assert pieces[0].seconds == pytest.approx(2.25, abs=0.06)
    assert notes == [f"“{name}” {words}"]


def test_ogg_does_not_say_how_long_it_should_be_and_is_read_as_far_as_it_goes(tmp_path: Path) -> None:
    assert 50_000 < read_sound(half(tmp_path / "a.ogg")).frames < 150_000


def test_numbers_that_are_none_are_refused(tmp_path: Path) -> None:
    samples = tone()
    samples[2000] = np.nan
    with pytest.raises(AudioFileError, match="not numbers"):
        read_sound(wav(tmp_path / "nan.wav", samples))
    samples[2000] = 1e20
    with pytest.raises(AudioFileError, match="beyond full scale"):
        read_sound(wav(tmp_path / "loud.wav", samples))


def test_missing_folder_and_forbidden(tmp_path: Path) -> None:
    with pytest.raises(AudioFileError, match="cannot be opened"):
        read_sound(tmp_path / "nowhere.wav")
    with pytest.raises(AudioFileError, match="is a folder"):
        read_sound(tmp_path)


def test_no_permission(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Fakes the system's refusal, as root may open every file."""
    path = wav(tmp_path / "locked.wav", tone())
    path.chmod(0)
    if os.access(path, os.R_OK):
        refusal = PermissionError(13, "Permission denied")
        monkeypatch.setattr("os.open", lambda *_: (_ for _ in ()).throw(refusal))
    with pytest.raises(AudioFileError, match=r"“locked.wav” cannot be opened: Permission denied\."):
        read_sound(path)


def interrupted(path: Path, after: int) -> bool:
    """Whether Ctrl-C after so many steps of Python comes through the reading of a file; it has its place in any."""
    steps = itertools.count(1)

    def step(frame: FrameType, event: str, _: object) -> TraceFunction:
        frame.f_trace_opcodes = True
        if event == "opcode" and next(steps) == after:
            raise KeyboardInterrupt
        return step

    def call(frame: FrameType, event: str, _: object) -> TraceFunction | None:
        return step(frame, event, None) if PACKAGE in frame.f_code.co_filename else None

    before = sys.gettrace()
    sys.settrace(call)
    try:
        read_sound(path)
    except KeyboardInterrupt:
        return True
    finally:
        sys.settrace(before)
    return False


@pytest.mark.parametrize(("name", "first"), [("a.flac", 1), ("a.wav", 2)])
def test_ctrl_c_while_a_file_is_read_is_not_reported_as_damage(tmp_path: Path, name: str, first: int) -> None:
    """And is not lost, wherever it comes: a corpus would go on being read without that file. Nothing is left open.

    Either file is interrupted at every other step.
    """
    soundfile.write(tmp_path / name, np.random.default_rng(0).uniform(-0.5, 0.5, 2_000), 44_100)
    assert read_sound(tmp_path / name).frames == 2_000
    threads = threading.active_count()
    steps = next(number for number in itertools.count(first, 2) if not interrupted(tmp_path / name, number))
    assert steps > 500
    gc.collect()
    assert threading.active_count() == threads


def test_names_that_are_no_text_are_read(tmp_path: Path) -> None:
    name = "tön.wav" if os.name == "nt" else os.fsdecode(b"t\xf6n.wav")
    try:
        wav(tmp_path / "a.wav", tone()).rename(tmp_path / name)
    except OSError:
        name = "a.wav"  # this disk takes no such names
    assert read_sound(tmp_path / name).frames == 4410
