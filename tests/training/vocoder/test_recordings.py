"""Recordings are decoded once, read where they are needed, and none is dropped without a reason."""

import errno
import os
import shutil
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import soundfile

from distill_app.common.errors import CorpusError
from distill_app.dsp.high_pass import HighPass
from distill_app.dsp.mono_file import read_mono
from distill_app.dsp.sound import Samples, Sound
from distill_app.training.run.spec import VOCODER_MINUTES_MAX
from distill_app.training.vocoder import recordings as module
from tests.training.vocoder.synthetic import RATE, gathered, plucks, write


def recorded(seconds: float = 1.0) -> Samples:
    """Plucks as training reads them: high-passed, `[samples]`."""
    return HighPass(RATE).push(plucks(seconds)[None])[0]


def test_reading_returns_the_recording_to_98_db(tmp_path: Path) -> None:
    folder = write(tmp_path / "plucks")
    soundfile.write(folder / "faint.wav", 0.003 * plucks(), RATE, subtype="FLOAT")
    faint, loud = gathered(folder, tmp_path / "cache").pieces
    assert np.abs(loud.read(100, 5_000) - recorded()[100:5_100]).max() < 2**-15
    assert np.abs(faint.read(100, 5_000) - 0.003 * recorded()[100:5_100]).max() < 0.003 * 2**-15


def test_after_its_end_a_piece_is_silent(tmp_path: Path) -> None:
    (piece,) = gathered(write(tmp_path / "plucks"), tmp_path / "cache").pieces
    samples = piece.read(piece.length - 10, 30)
    assert samples.shape == (30,)
    assert samples[:10].any()
    assert not samples[10:].any()


def test_long_recordings_are_pieces_that_follow_each_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_PIECE_SECONDS", 0.4)
    recordings = gathered(write(tmp_path / "plucks"), tmp_path / "cache")
    joined = np.concatenate([piece.read(0, piece.length) for piece in recordings.pieces])
    assert len(recordings.pieces) == 3
    assert np.abs(joined - recorded()).max() < 2**-15
    assert recordings.seconds == pytest.approx(1.0)


def test_other_rates_are_converted(tmp_path: Path) -> None:
    recordings = gathered(write(tmp_path / "plucks"), tmp_path / "cache", rate=22_050)
    assert recordings.pieces[0].length == 22_050
    assert recordings.seconds == pytest.approx(1.0)


def test_a_recording_is_decoded_once_until_it_changes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder, cache = write(tmp_path / "plucks", files=2), tmp_path / "cache"
    decoded: list[str] = []

    def noted(path: Path, seconds: float, notes: list[str]) -> Iterator[Sound]:
        decoded.append(path.name)
        return read_mono(path, seconds, notes)

    monkeypatch.setattr(module, "read_mono", noted)
    first = gathered(folder, cache)
    assert decoded == ["pluck 0.wav", "pluck 1.wav"]
    assert gathered(folder, cache) == first
    soundfile.write(folder / "pluck 1.wav", plucks(0.5), RATE)
    soundfile.write(folder / "pluck 2.wav", plucks(0.5), RATE)
    gathered(folder, cache)
    assert decoded == ["pluck 0.wav", "pluck 1.wav", "pluck 1.wav", "pluck 2.wav"]


def test_a_truncated_cache_is_decoded_again(tmp_path: Path) -> None:
    folder, cache = write(tmp_path / "plucks"), tmp_path / "cache"
    (piece,) = gathered(folder, cache).pieces
    os.truncate(piece.file, 1_000)
    (again,) = gathered(folder, cache).pieces
    assert np.abs(again.read(0, RATE) - recorded()).max() < 2**-15


@pytest.mark.parametrize("loss", ["folder", "cut"])
def test_a_cache_deleted_meanwhile_is_decoded_again(tmp_path: Path, loss: str) -> None:
    (piece,) = gathered(write(tmp_path / "plucks"), tmp_path / "cache").pieces
    before = piece.read(100, 5_000)
    if loss == "folder":
        shutil.rmtree(tmp_path / "cache")
    else:
        os.truncate(piece.file, 100)
    assert np.array_equal(piece.read(100, 5_000), before)


def test_a_cache_lost_with_its_recording_or_after_a_change_is_one_sentence(tmp_path: Path) -> None:
    folder = write(tmp_path / "plucks")
    (piece,) = gathered(folder, tmp_path / "cache").pieces
    piece.file.unlink()
    (recording,) = folder.iterdir()
    soundfile.write(recording, plucks(0.5), RATE)
    with pytest.raises(CorpusError, match="has changed while it was used for training; start again"):
        piece.read(0, 10)
    piece.file.unlink()
    recording.unlink()
    with pytest.raises(CorpusError, match="is gone, and it cannot be read again"):
        piece.read(0, 10)


def test_skipped_recordings_have_a_reason(tmp_path: Path) -> None:
    folder = write(tmp_path / "plucks")
    soundfile.write(folder / "silent.wav", np.zeros(RATE), RATE)
    (folder / "broken.wav").write_bytes(b"RIFF")
    recordings = gathered(folder, tmp_path / "cache")
    assert recordings.files == 1
    assert {each.name for each in recordings.skipped} == {"silent.wav", "broken.wav"}
    assert gathered(folder, tmp_path / "cache").skipped == recordings.skipped


def test_an_unreadable_file_of_unknown_type_is_skipped_with_a_reason(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = write(tmp_path / "plucks")
    closed = folder / "notes"
    closed.touch()

    def refuse(path: str | Path, *arguments: object, **options: object) -> int:
        if Path(path) == closed:
            raise PermissionError(errno.EACCES, "Permission denied", str(path))
        return open_file(path, *arguments, **options)  # type: ignore[arg-type]  # as they come

    open_file = os.open
    monkeypatch.setattr(os, "open", refuse)
    recordings = gathered(folder, tmp_path / "cache")
    assert recordings.files == 1
    assert [each.reason for each in recordings.skipped] == ["“notes” cannot be opened: Permission denied."]


@pytest.mark.parametrize("contents", ["nothing", "silence", "no folder"])
def test_an_empty_corpus_is_one_sentence(tmp_path: Path, contents: str) -> None:
    folder = tmp_path / "folder"
    if contents != "no folder":
        folder.mkdir()
    if contents == "silence":
        soundfile.write(folder / "silent.wav", np.zeros(RATE), RATE)
    with pytest.raises(CorpusError):
        gathered(folder, tmp_path / "cache")


def test_a_name_that_no_disk_takes_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match="cannot be opened"):
        gathered(tmp_path / ("a" * 300), tmp_path / "cache")


def test_a_recording_deleted_meanwhile_is_skipped(tmp_path: Path) -> None:
    folder = write(tmp_path / "plucks", files=2)
    scan = module.decode_recordings([folder], RATE, tmp_path / "cache")
    next(scan)
    (folder / "pluck 1.wav").unlink()
    assert [each.name for each in next(scan).skipped] == ["pluck 1.wav"]


def test_the_least_recently_used_cache_is_evicted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cache = tmp_path / "cache"
    old = gathered(write(tmp_path / "old"), cache).pieces[0].file
    used = time.time() - (VOCODER_MINUTES_MAX + 2 * 24 * 60) * 60
    os.utime(old.with_suffix(".json"), (used, used))
    new = write(tmp_path / "new", files=2)
    assert old.exists()
    monkeypatch.setattr(module, "_BYTES_MAX", 0)
    assert all(piece.file.exists() for piece in gathered(new, cache).pieces)
    assert not old.exists()
