"""Windows of one-shots begin with the sounds, in the sampler, in what is held out, and in what is analysed."""

import itertools
from pathlib import Path

import numpy as np
import pytest
import soundfile
import torch

from distill_app.corpus.corpus import Corpus, Recording
from distill_app.corpus.mel_sources import MemoryMel
from distill_app.corpus.scan import scan_files
from distill_app.corpus.split import GAP_FRAMES, Split, span_slices, split_corpus, validation_windows
from distill_app.dsp.mel_format import DISTILL_MEL
from distill_app.models.window import LEAD_FRAMES, WINDOW_FRAMES
from distill_app.project.corpora import CorpusSpec, Mode
from distill_app.training.vae.config import TrainingConfig
from distill_app.training.vae.sampler import WindowSampler
from tests.training.synthetic import SMALL

PLAIN = TrainingConfig(
    epochs=1, architecture=SMALL, mixed=0, gain_db=0, pitch_semitones=0, stretch=0, tilt_db=0, batch=64
)
HOP_SECONDS = 512 / 44_100
TIMES = (0.5, 1.0, 1.13, 3.0, 5.5)


def clicks(path: Path, seconds: float, times: tuple[float, ...]) -> Path:
    """Bursts of noise that fall by 60 dB in 0.3 seconds."""
    path.parent.mkdir(parents=True, exist_ok=True)
    wave, random = np.zeros(round(seconds * 44_100)), np.random.default_rng(0)
    for time in times:
        start = round(time * 44_100)
        fall = np.exp(-np.arange(len(wave) - start) / 44_100 * 23)
        wave[start:] += 0.3 * fall * random.standard_normal(len(fall))
    soundfile.write(path, wave, 44_100)
    return path


def scanned(*corpora: CorpusSpec, cache: Path) -> Corpus:
    scan = scan_files(corpora, cache)
    while True:
        try:
            next(scan)
        except StopIteration as end:
            return end.value


def attack(window: torch.Tensor) -> int:
    """The first frame of `[bands, frames]` within 20 dB of the loudest one."""
    loudness = torch.logsumexp(2 * window, 0) / 2
    return int((loudness > loudness.max() - 2.3).nonzero()[0])


def test_windows_begin_with_clicks_at_known_times(tmp_path: Path) -> None:
    clicks(tmp_path / "in" / "a.wav", 6, TIMES)
    (file,) = scanned(CorpusSpec.of(tmp_path / "in", mode="one-shots"), cache=tmp_path).files
    assert file.starts is not None
    assert file.starts[0] <= 1  # the silence before the first sound is trimmed
    since_first = [(time - TIMES[0]) / HOP_SECONDS for time in TIMES]
    assert [start - file.starts[0] for start in file.starts] == pytest.approx(since_first, abs=1)
    for start in (file.starts[0], *file.starts[3:]):  # those that no other sound rings into
        assert LEAD_FRAMES - 1 <= attack(file.mel.read(start, start + 20)) <= LEAD_FRAMES + 1


def test_sampled_one_shot_windows_begin_with_their_sound(tmp_path: Path) -> None:
    clicks(tmp_path / "in" / "a.wav", 20, tuple(np.arange(0.5, 19, 2.1).tolist()))
    share, modes = {}, tuple[Mode, ...](("one-shots", "textures"))
    for mode in modes:
        corpus = scanned(CorpusSpec.of(tmp_path / "in", mode=mode), cache=tmp_path)
        split = split_corpus(corpus, 0)
        mean, std = torch.zeros(128), torch.ones(128)
        random = torch.Generator().manual_seed(0)
        sampler = WindowSampler(span_slices(corpus, split.train), DISTILL_MEL, mean, std, PLAIN, random)
        attacks = [attack(window) for window in sampler.batch()]
        share[mode] = sum(each in (1, 2, 3, 4) for each in attacks) / len(attacks)
        if mode == "one-shots":
            assert sampler.windows == len(span_slices(corpus, split.train))
            assert all(attack(window) in (1, 2, 3, 4) for window in validation_windows(corpus, split))
            assert all(stretch.frames == WINDOW_FRAMES for stretch in corpus.slices)
    assert share["one-shots"] == 1
    assert share["textures"] < 0.4


def test_a_window_played_faster_still_begins_with_its_sound(tmp_path: Path) -> None:
    clicks(tmp_path / "in" / "a.wav", 20, tuple(np.arange(0.5, 19, 2.1).tolist()))
    corpus = scanned(CorpusSpec.of(tmp_path / "in", mode="one-shots"), cache=tmp_path)
    random = torch.Generator().manual_seed(0)
    varied = TrainingConfig(epochs=1, architecture=SMALL, stretch=0.2, batch=64)
    sampler = WindowSampler(corpus.slices, DISTILL_MEL, torch.zeros(128), torch.ones(128), varied, random)
    assert {attack(window) for window in sampler.batch()} <= {1, 2, 3, 4, 5}


def test_both_modes_go_into_one_training(tmp_path: Path) -> None:
    clicks(tmp_path / "hits" / "a.wav", 6, TIMES)
    clicks(tmp_path / "pads" / "b.wav", 6, TIMES)
    corpora = CorpusSpec.of(tmp_path / "hits", mode="one-shots"), CorpusSpec.of(tmp_path / "pads")
    corpus = scanned(*corpora, cache=tmp_path)
    assert [file.starts is None for file in corpus.files] == [False, True]
    assert [stretch.frames > WINDOW_FRAMES for stretch in corpus.slices] == [False] * 5 + [True]


def test_another_mode_or_another_choice_of_files_is_another_corpus(tmp_path: Path) -> None:
    for name in ("a.wav", "b.wav"):
        clicks(tmp_path / "in" / name, 2, (0.1,))
    modes: tuple[Mode, ...] = ("textures", "one-shots")
    corpora = [CorpusSpec.of(tmp_path / "in", mode=mode) for mode in modes]
    corpora.append(CorpusSpec.of(tmp_path / "in", excluded=[tmp_path / "in" / "b.wav"]))
    assert len({scanned(corpus, cache=tmp_path).fingerprint for corpus in corpora}) == 3


def one_shots(*files: tuple[int, tuple[int, ...]]) -> Corpus:
    """Files of so many frames with windows that begin there; every frame holds a number of its own."""
    number = itertools.count()
    recordings = []
    for index, (frames, starts) in enumerate(files):
        mel = torch.tensor([[float(next(number)) for _ in range(frames + 10)]])[:, :frames].repeat(128, 1)
        recordings.append(Recording(f"{index}.wav", frames * HOP_SECONDS, MemoryMel(mel), starts=starts))
    return Corpus(tuple(recordings))


CASES = [
    ((128, (0,)),),
    ((128, (0,)), (200, (0, 60))),
    ((2_000, (0,)),) * 5,
    ((128, (0,)),) * 30,
    ((3_000, tuple(range(0, 2_990, 40))),),
    ((900, (0, 100, 300, 520, 700)), (900, (10, 400))),
    ((430, (0, 150, 300)),),
]


def frames_of(corpus: Corpus, split: Split) -> tuple[set[float], set[float]]:
    learned = {
        value
        for stretch in span_slices(corpus, split.train)
        for value in stretch.read(0, WINDOW_FRAMES * 5 // 4)[0].tolist()
    }
    held_out = {value for window in validation_windows(corpus, split) for value in window[0].tolist()}
    return {value for value in learned if value >= 0}, {value for value in held_out if value >= 0}


@pytest.mark.parametrize("files", CASES)
@pytest.mark.parametrize("seed", range(5))
def test_no_training_frame_is_held_out(files: tuple[tuple[int, tuple[int, ...]], ...], seed: int) -> None:
    corpus = one_shots(*files)
    learned, held_out = frames_of(corpus, split_corpus(corpus, seed))
    assert learned
    assert held_out
    near = {value + gap for value in held_out for gap in range(-GAP_FRAMES, GAP_FRAMES)}
    assert corpus.frames < 3 * WINDOW_FRAMES or not learned & near


@pytest.mark.parametrize("files", CASES)
def test_most_material_is_for_training(files: tuple[tuple[int, tuple[int, ...]], ...]) -> None:
    corpus = one_shots(*files)
    split = split_corpus(corpus, 0)
    assert len(span_slices(corpus, split.train)) >= 0.6 * len(corpus.slices)


def test_a_split_is_the_same_for_the_same_seed() -> None:
    corpus = one_shots(*((900, (0, 300, 600)),) * 6)
    assert split_corpus(corpus, 1) == split_corpus(corpus, 1)
    assert len({split_corpus(corpus, seed) for seed in range(8)}) > 4
