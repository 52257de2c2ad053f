"""Folders as people have them: all formats, and files that are none."""

import math
import os
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import soundfile
import torch

from distill_app.common.errors import CorpusError
from distill_app.common.generators import drain
from distill_app.corpus import loudness_normalization, mel_cache, scan
from distill_app.corpus.corpus import Recording
from distill_app.corpus.mel_cache import mono_at_rate
from distill_app.corpus.mel_sources import evenly_spaced_windows
from distill_app.corpus.scan import scan_files
from distill_app.dsp.high_pass import HighPass
from distill_app.dsp.loudness import loudness_lufs
from distill_app.dsp.mel import to_mel
from distill_app.dsp.sound import Sound
from distill_app.models.window import WINDOW_FRAMES
from distill_app.project.corpora import CorpusSpec
from tools.corpus_scan import scan_corpus


def tone(seconds: float, rate: int = 44_100, hz: float = 440.0, channels: int = 1) -> np.ndarray:
    wave = 0.3 * np.sin(2 * np.pi * hz * np.arange(round(seconds * rate)) / rate)
    return np.repeat(wave[:, None], channels, axis=1)


def test_reads_all_rates_channels_and_subfolders_to_44_1_khz(tmp_path: Path) -> None:
    (tmp_path / "deeper").mkdir()
    soundfile.write(tmp_path / "a.wav", tone(2, 44_100), 44_100)
    soundfile.write(tmp_path / "b.flac", tone(2, 192_000, channels=2), 192_000)
    soundfile.write(tmp_path / "deeper" / "c.wav", tone(2, 22_050, channels=6), 22_050)
    corpus = scan_corpus(tmp_path)
    assert [file.name for file in corpus.files] == ["a.wav", "b.flac", "c.wav"]
    assert not corpus.skipped
    assert corpus.seconds == pytest.approx(6, abs=0.01)
    reference = mel(corpus.files[0])[:, 60]
    for file in corpus.files:
        assert 172 <= mel(file).shape[1] <= 175
        assert int(mel(file)[:, 60].argmax()) == int(reference.argmax())
        assert float(mel(file)[:, 60].max()) == pytest.approx(float(reference.max()), abs=0.05)


def mel(recording: Recording) -> torch.Tensor:
    return recording.mel.read(0, recording.mel.frames)


@pytest.mark.parametrize("rate", [8_000, 22_254, 44_056, 44_099, 47_952, 96_000])
def test_any_rate_keeps_pitch_within_a_cent(rate: int) -> None:
    sound = Sound(tone(1, rate, 1000).T.astype(np.float32), rate)
    wave = mono_at_rate(sound, 44_100).double()
    spectrum = torch.fft.rfft(wave[:32_768] * torch.hann_window(32_768, dtype=torch.double), 2**21).abs()
    measured = float(spectrum.argmax()) * 44_100 / 2**21
    assert abs(1200 * math.log2(measured / 1000)) < 1


def test_unusable_files_are_listed_with_their_reason(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "good.wav", tone(1), 44_100)
    soundfile.write(tmp_path / "silent.wav", np.zeros(44_100), 44_100)
    soundfile.write(tmp_path / "short.wav", tone(0.0099), 44_100)
    soundfile.write(tmp_path / "one.wav", tone(0.001)[:1], 44_100)
    soundfile.write(tmp_path / "nan.wav", np.full(44_100, np.nan), 44_100, subtype="FLOAT")
    (tmp_path / "empty.wav").write_bytes(b"")
    (tmp_path / "cover.jpg").write_bytes(b"\xff\xd8\xff")
    (tmp_path / ".DS_Store").write_bytes(b"of the system, not of the musician")
    corpus = scan_corpus(tmp_path)
    assert [file.name for file in corpus.files] == ["good.wav"]
    reasons = {skipped.name: skipped.reason for skipped in corpus.skipped}
    assert reasons.keys() == {"silent.wav", "short.wav", "one.wav", "nan.wav", "empty.wav", "cover.jpg"}
    for name, words in [("silent", "is silent"), ("short", "too short"), ("one", "too short"), ("nan", "not numbers")]:
        assert words in reasons[f"{name}.wav"]
    assert "is empty" in reasons["empty.wav"]
    assert "not a sound file" in reasons["cover.jpg"]


def test_a_short_sound_keeps_its_attack_and_is_padded_with_silence(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "hit.wav", tone(0.2), 44_100)
    (file,) = scan_corpus(tmp_path).files
    level = mel(file).exp().sum(0)
    assert mel(file).shape == (128, WINDOW_FRAMES)
    assert file.seconds == pytest.approx(0.2)
    assert float(level[0]) < 0.01 * float(level.max())
    assert float(level[6]) > 0.5 * float(level.max())
    assert float(mel(file)[:, 40:].max()) == pytest.approx(math.log(1e-5))


def test_long_files_are_read_in_pieces_that_join(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    wave = tone(6)
    soundfile.write(tmp_path / "long.wav", wave, 44_100, subtype="FLOAT")
    monkeypatch.setattr(mel_cache, "_PIECE_SECONDS", 512 * 200 / 44_100)
    (file,) = scan_corpus(tmp_path).files
    (heard,) = HighPass(44_100).push(wave.T.astype(np.float32))
    levelled = heard * 10 ** ((loudness_normalization.TARGET_LUFS - loudness_lufs(heard, 44_100)) / 20)
    whole = to_mel(levelled)
    assert 3 + 516 <= mel(file).shape[1] <= 3 + 516 + 8
    inner = [frame for frame in range(500) if 4 <= frame % 200 < 196]
    torch.testing.assert_close(mel(file)[:, 3:519][:, inner], whole[:, inner], atol=0.02, rtol=0)


def test_soft_and_loud_recordings_come_to_one_level(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "loud.wav", 3 * tone(2), 44_100, subtype="FLOAT")
    soundfile.write(tmp_path / "soft.wav", 0.01 * tone(2), 44_100, subtype="FLOAT")
    loud, soft = scan_corpus(tmp_path).files
    assert float(mel(loud).max()) == pytest.approx(float(mel(soft).max()), abs=0.01)
    wave = tone(2)[:, 0]
    reference = to_mel(wave * 10 ** ((loudness_normalization.TARGET_LUFS - loudness_lufs(wave, 44_100)) / 20))
    assert float(mel(loud).max()) == pytest.approx(float(reference[:, 20:150].max()), abs=0.05)


def test_no_recording_is_turned_up_beyond_the_peak_of_the_loudest_one(tmp_path: Path) -> None:
    """A recording with few loud moments has a low mean power; matched in loudness, its attacks would be cut off."""
    wave = np.zeros(44_100)
    wave[4_410:] = 0.5 * np.exp(-np.arange(44_100 - 4_410) / 400) * tone(0.9)[:, 0] / 0.3
    soundfile.write(tmp_path / "hits.wav", wave, 44_100, subtype="FLOAT")
    soundfile.write(tmp_path / "soft hits.wav", 0.1 * wave, 44_100, subtype="FLOAT")
    hits, soft = scan_corpus(tmp_path).files
    reference = float(to_mel(wave).max())
    assert float(mel(hits).max()) == pytest.approx(reference, abs=0.1)
    assert float(mel(soft).max()) == pytest.approx(reference, abs=0.1)


def test_one_shots_keep_the_balance_that_they_were_recorded_in(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "loud.wav", tone(1), 44_100, subtype="FLOAT")
    soundfile.write(tmp_path / "soft.wav", 0.1 * tone(1), 44_100, subtype="FLOAT")
    loud, soft = drain(scan_files([CorpusSpec.of(tmp_path, mode="one-shots")])).files
    assert float(mel(loud).max()) == pytest.approx(float(to_mel(tone(1)[:, 0])[:, 20:60].max()), abs=0.05)
    assert float(mel(loud).max() - mel(soft).max()) == pytest.approx(math.log(10), abs=0.05)


def test_silence_around_a_sound_is_trimmed_and_silence_within_is_kept(tmp_path: Path) -> None:
    wave = np.concatenate([np.zeros((44_100, 1)), tone(1), np.zeros((44_100, 1)), tone(1), np.zeros((88_200, 1))])
    soundfile.write(tmp_path / "a.wav", wave, 44_100)
    (file,) = scan_corpus(tmp_path).files
    assert mel(file).shape[1] * 512 / 44_100 == pytest.approx(3.0, abs=0.15)


def test_files_over_the_limit_are_listed_as_skipped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("a.wav", "b.wav"):
        soundfile.write(tmp_path / name, tone(1), 44_100)
    monkeypatch.setattr(scan, "HOURS_MAX", 1.5 / 3600)
    corpus = scan_corpus(tmp_path)
    assert [file.name for file in corpus.files] == ["a.wav"]
    assert "left out" in corpus.skipped[0].reason


def test_an_empty_corpus_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match="no recordings"):
        scan_corpus(tmp_path)
    (tmp_path / "a.txt").write_text("hello")
    with pytest.raises(CorpusError, match="is not a sound file"):
        scan_corpus(tmp_path)
    with pytest.raises(CorpusError, match="is not a sound file"):
        scan_corpus(tmp_path / "a.txt")
    with pytest.raises(CorpusError, match="There is no “"):
        scan_corpus(tmp_path / "nowhere")
    with pytest.raises(CorpusError, match="cannot be read"):
        scan_corpus(tmp_path / ("long" * 100))


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no pipes in folders, and links need a privilege")
def test_links_pipes_and_unreadable_folders_are_listed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The unreadable folder is faked, because root may open every folder."""
    folder, elsewhere = tmp_path / "corpus", tmp_path / "elsewhere"
    for place in (folder / "deeper" / "locked", elsewhere):
        place.mkdir(parents=True)
    soundfile.write(folder / "good.wav", tone(1), 44_100)
    (folder / "gone.wav").symlink_to(tmp_path / "nowhere.wav")
    (folder / "linked").symlink_to(elsewhere)
    os.mkfifo(folder / "pipe.wav")
    scandir = os.scandir

    def refusing(path: str | Path) -> Iterator[os.DirEntry[str]]:
        if str(path).endswith("locked"):
            raise PermissionError(13, "Permission denied", path)
        return scandir(path)

    monkeypatch.setattr(os, "scandir", refusing)
    corpus = scan_corpus(folder)
    assert [file.name for file in corpus.files] == ["good.wav"]
    reasons = {skipped.name: skipped.reason for skipped in corpus.skipped}
    assert reasons.keys() == {"gone.wav", "linked", "pipe.wav", "deeper/locked"}
    assert "No such file" in reasons["gone.wav"]
    assert "Permission denied" in reasons["deeper/locked"]


def test_scanning_reports_progress(tmp_path: Path) -> None:
    for name in ("a.wav", "b.wav"):
        soundfile.write(tmp_path / name, tone(0.5), 44_100)
    (tmp_path / "b.txt").write_text("hello")
    seen = [(p.done, p.total, p.name, len(p.skipped)) for p in scan_files([CorpusSpec.of(tmp_path)])]
    assert seen == [(1, 3, "a.wav", 0), (2, 3, "b.txt", 1), (3, 3, "b.wav", 1)]


def test_all_windows_reach_the_end_of_every_file(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "a.wav", tone(2), 44_100)
    corpus = scan_corpus(tmp_path)
    found = evenly_spaced_windows([file.mel for file in corpus.files], 32, most=100)
    assert found.shape == (3, 128, WINDOW_FRAMES)
    assert torch.equal(found[-1], mel(corpus.files[0])[:, -WINDOW_FRAMES:])
