"""Mels on the disk: what is read is what was there, and no more of it than was asked for."""

import errno
import math
import os
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import soundfile
import torch

from distill_app.common.errors import CorpusError
from distill_app.corpus.corpus import Corpus
from distill_app.corpus.decode_cache import write_cached
from distill_app.corpus.mel_cache import read_recording
from distill_app.corpus.mel_sources import MelSlice, MemoryMel, StoredMel, evenly_spaced_windows, to_steps
from distill_app.corpus.scan import scan_files
from distill_app.models.window import WINDOW_FRAMES
from distill_app.project.corpora import CorpusSpec
from tests.disks import refuse
from tools.corpus_scan import scan_corpus

FLOOR = math.log(1e-5)


def stored(path: Path, mel: torch.Tensor) -> StoredMel:
    to_steps(mel, FLOOR).tofile(path)
    return StoredMel(path, mel.shape[1], mel.shape[0], FLOOR)


def test_a_stored_mel_is_what_it_was_to_a_four_thousandth_of_a_neper_and_its_silence_exactly(tmp_path: Path) -> None:
    mel = torch.rand(128, 300) * 18 + FLOOR
    mel[:, 50:60] = FLOOR
    part = stored(tmp_path / "a.mel", mel).read(40, 200)
    assert part.shape == (128, 160)
    assert float((part - mel[:, 40:200]).abs().max()) < 1 / 4000
    assert torch.equal(part[:, 10:20], mel[:, 50:60])


def test_a_short_slice_is_padded_with_silence_and_a_long_one_ends_at_its_file() -> None:
    mel = MemoryMel(torch.arange(400.0).expand(128, 400))
    short = MelSlice(mel, 10, 30, FLOOR)
    assert short.frames == WINDOW_FRAMES
    window = short.read(0, WINDOW_FRAMES)[0]
    assert window[:20].tolist() == list(range(10, 30))
    assert (window[20:] == FLOOR).all()
    long = MelSlice(mel, 100, 300, FLOOR)
    assert long.read(72, 200)[0].tolist() == list(range(172, 300))


def test_windows_are_thinned_evenly() -> None:
    mels = [MemoryMel(torch.arange(1000.0).expand(128, 1000))] * 3
    starts = evenly_spaced_windows(mels, 32, most=20)[:, 0, 0]
    assert 10 <= len(starts) <= 20
    assert starts.max() > 800


def test_a_cache_that_was_emptied_or_cut_is_one_sentence(tmp_path: Path) -> None:
    mel = stored(tmp_path / "a.mel", torch.zeros(128, 200))
    with open(tmp_path / "a.mel", "r+b") as file:
        file.truncate(1000)
    with pytest.raises(CorpusError, match="changed in the cache"):
        mel.read(0, 128)
    (tmp_path / "a.mel").unlink()
    with pytest.raises(CorpusError, match="gone from the cache"):
        mel.read(0, 128)


MEASURE = """
import atexit, gc, resource, sys
from pathlib import Path
import torch
from distill_app.corpus.band_stats import BandStats
from distill_app.corpus.corpus import Corpus, Recording
from distill_app.corpus.mel_sources import StoredMel
from distill_app.training.vae.config import TrainingConfig
from distill_app.training.vae.trainer import Trainer
atexit.register(gc.freeze)
torch.set_num_threads(1)
frames = round(900 * 44_100 / 512)
mel = StoredMel(Path(sys.argv[1]), frames, 128, -11.5)
sums = BandStats.of(mel)
small = {"name": "conv1d", "latent": 6, "width": 24, "blocks": 0, "stride": 8}
for quarters in (2, 10):
    corpus = Corpus(tuple(Recording(f"{n}.wav", 900.0, mel, sums) for n in range(quarters)))
    run = Trainer(corpus, TrainingConfig(epochs=1, architecture=small)).run()
    for _ in range(5):
        next(run)
    run.close()
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="memory is told in other units elsewhere")
def test_two_hours_more_of_sound_take_no_more_memory(tmp_path: Path) -> None:
    """In memory they would be 320 MB."""
    frames = round(900 * 44_100 / 512)
    np.random.default_rng(0).integers(0, 30_000, (frames, 128), np.uint16).tofile(tmp_path / "a.mel")
    program = [sys.executable, "-c", MEASURE, str(tmp_path / "a.mel")]
    less, more = map(int, subprocess.run(program, stdout=subprocess.PIPE, check=True).stdout.split())
    assert more - less < 100 * 1024


def test_a_recording_is_decoded_once_and_again_when_it_changes(tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    soundfile.write(path, np.random.default_rng(0).normal(0, 0.1, 44_100), 44_100)
    (first,) = scan_corpus(path).files
    (again,) = scan_corpus(path).files
    assert first.mel == again.mel
    soundfile.write(path, np.random.default_rng(1).normal(0, 0.1, 50_000), 44_100)
    (changed,) = scan_corpus(path).files
    assert changed.mel != first.mel
    path.unlink()
    assert first.mel.read(0, 10).shape == (128, 10)


def test_files_and_folders_are_one_corpus_without_demos(tmp_path: Path) -> None:
    wave = np.random.default_rng(0).normal(0, 0.1, 20_000)
    for place in ("drums/a.wav", "bells/a.wav", "bells/mine.training/demo.wav", "single.wav"):
        (tmp_path / place).parent.mkdir(exist_ok=True, parents=True)
        soundfile.write(tmp_path / place, wave, 44_100)
    (tmp_path / "bells" / "list.txt").write_text("no sound")
    corpus = scan_corpus(tmp_path / "drums", tmp_path / "bells", tmp_path / "single.wav")
    assert [file.name for file in corpus.files] == ["a.wav", "a.wav", "single.wav"]
    assert {skipped.name for skipped in corpus.skipped} == {"bells/mine.training", "bells/list.txt"}


def test_the_sums_kept_with_a_decoded_recording_are_those_of_its_mel(tmp_path: Path) -> None:
    wave = np.random.default_rng(0).normal(0, 0.1, 44_100) * np.linspace(1, 0, 44_100)
    soundfile.write(tmp_path / "a.wav", wave, 44_100)
    soundfile.write(tmp_path / "b.wav", wave[:9_000], 44_100)
    corpus = scan_corpus(tmp_path)
    again = Corpus(tuple(replace(file, band_stats=None) for file in scan_corpus(tmp_path).files))
    everything = torch.cat([file.mel.read(0, file.mel.frames) for file in corpus.files], 1)
    for found, measured in zip(corpus.mean_and_std, again.mean_and_std, strict=True):
        torch.testing.assert_close(found, measured)
    torch.testing.assert_close(corpus.mean_and_std[0], everything.mean(1), atol=1e-4, rtol=0)
    torch.testing.assert_close(corpus.mean_and_std[1], everything.std(1).clamp_min(0.5), atol=1e-4, rtol=0)


def test_another_recording_of_the_same_name_and_length_makes_another_corpus_and_a_copy_does_not(tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    soundfile.write(path, np.random.default_rng(0).normal(0, 0.1, 44_100), 44_100)
    (tmp_path / "copy").mkdir()
    shutil.copy(path, tmp_path / "copy" / "a.wav")
    before, copied = scan_corpus(path).fingerprint, scan_corpus(tmp_path / "copy").fingerprint
    soundfile.write(path, np.random.default_rng(1).normal(0, 0.1, 44_100), 44_100)
    assert copied == before != scan_corpus(path).fingerprint


@pytest.mark.parametrize("text", ["", "[1.0, 86]", '{"seconds": 1, "frames": 86, "digest": "", "total": [1]}'])
def test_an_index_that_is_damaged_or_of_an_earlier_version_is_made_again(tmp_path: Path, text: str) -> None:
    soundfile.write(tmp_path / "a.wav", np.random.default_rng(0).normal(0, 0.1, 44_100), 44_100)
    (first,) = scan_corpus(tmp_path).files
    assert isinstance(first.mel, StoredMel)
    first.mel.path.with_suffix(".json").write_text(text)
    (again,) = scan_corpus(tmp_path).files
    assert (again.mel, again.digest) == (first.mel, first.digest)


@pytest.fixture
def noise(tmp_path: Path) -> Path:
    path = tmp_path / "sounds" / "a.wav"
    path.parent.mkdir()
    soundfile.write(path, np.random.default_rng(0).normal(0, 0.1, 44_100), 44_100)
    return path


@pytest.mark.parametrize("loss", ["folder", "cut"])
def test_a_cache_deleted_during_training_is_decoded_again(noise: Path, tmp_path: Path, loss: str) -> None:
    cache = tmp_path / "cache"
    mel = read_recording(noise, cache).mel
    before = mel.read(10, 90)
    if loss == "folder":
        shutil.rmtree(cache)
    else:
        for path in cache.glob("*.mel"):
            os.truncate(path, 100)
    assert torch.equal(mel.read(10, 90), before)
    assert len(list(cache.iterdir())) == 2


def test_a_cache_lost_with_its_recording_or_after_a_change_is_one_sentence(noise: Path, tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    mel = read_recording(noise, cache).mel
    shutil.rmtree(cache)
    soundfile.write(noise, np.random.default_rng(1).normal(0, 0.1, 44_100), 44_100)
    with pytest.raises(CorpusError, match=r"“a\.wav” has changed while it was used for training; start again\."):
        mel.read(10, 90)
    shutil.rmtree(cache)
    noise.unlink()
    with pytest.raises(CorpusError, match=r"“a\.wav” is gone, and it cannot be read again"):
        mel.read(10, 90)


def test_a_cache_that_is_lost_while_it_is_written_is_written_again(noise: Path, tmp_path: Path) -> None:
    cache = tmp_path / "cache"

    def write(data: Path) -> None:
        attempts.append(data)
        if len(attempts) == 1:
            shutil.rmtree(cache)
        data.write_text("whole")

    attempts: list[Path] = []
    write_cached(cache / "a.mel", write)
    assert (cache / "a.mel").read_text() == "whole"


@pytest.mark.skipif(sys.platform == "win32", reason="a limit of POSIX systems")
def test_a_disk_of_the_cache_that_gets_full_is_called_that(noise: Path, tmp_path: Path) -> None:
    """The system lets no file grow larger than 4096 bytes, as on a disk with so much room."""
    import resource

    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, before[1]))
    try:
        with pytest.raises(CorpusError, match=r"The disk of Distill's cache “.*” is full"):
            list(scan_files([CorpusSpec.of(noise)], tmp_path / "cache"))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert list((tmp_path / "cache").iterdir()) == []


def test_a_full_disk_of_the_cache_is_called_that(noise: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    refuse(monkeypatch, "open", errno.ENOSPC, lambda path: (tmp_path / "cache") in Path(path).parents)
    with pytest.raises(CorpusError, match=r"The disk of Distill's cache “.*” is full"):
        list(scan_files([CorpusSpec.of(noise)], tmp_path / "cache"))
