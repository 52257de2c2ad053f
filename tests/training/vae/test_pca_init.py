"""The start from principal components: better in seconds than a small network after minutes."""

import itertools
import math
from dataclasses import replace

import pytest
import torch

from distill_app.corpus.corpus import Corpus, Recording
from distill_app.corpus.mel_sources import Mel, MemoryMel, evenly_spaced_windows
from distill_app.corpus.split import split_corpus
from distill_app.dsp.mel_format import DISTILL_MEL
from distill_app.models.pca_vae import PcaVAE
from distill_app.models.window import WINDOW_FRAMES
from distill_app.training.vae import pca_init
from distill_app.training.vae.config import TrainingConfig
from distill_app.training.vae.evaluation import evaluate
from distill_app.training.vae.sampler import WindowSampler
from distill_app.training.vae.trainer import Trainer
from tests.training.synthetic import factor_corpus, known

CONFIG = TrainingConfig(epochs=2, architecture={"name": "basis", "latent": 16, "width": 8}, batch=8)


@pytest.fixture(autouse=True)
def _few_windows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pca_init, "UNVARIED_MAX", 100)
    monkeypatch.setattr(pca_init, "VARIED", 100)


def test_the_initialization_yields_uses_budget_and_is_the_first_best_network() -> None:
    ticks = itertools.count(step=0.01)
    trainer = Trainer(factor_corpus(), replace(CONFIG, epochs=None, minutes=1e-4), clock=lambda: next(ticks))
    untrained = trainer.result  # asked for only after the start
    progress = list(trainer.run())
    begun = [each for each in progress if each.step == 0]
    assert len(begun) >= 3
    assert known(begun[-1].best_error_db) < 0.2 * known(begun[0].best_error_db)
    assert 0 < known(begun[0].seconds) < known(begun[-1].seconds)
    assert untrained().record["held_out_r2"] > 0.95


def test_a_pitch_between_those_recorded_is_closer_than_by_the_components_of_the_windows_alone() -> None:
    """Recordings of steady peaks that do not overlap."""
    bands = torch.arange(128)[:, None]
    mels = [-8 + 6 * torch.exp(-(((bands - peak) / 2) ** 2)).expand(-1, 160) for peak in range(30, 126, 6)]
    corpus = Corpus(tuple(Recording(f"{n}.wav", 1.8, MemoryMel(mel)) for n, mel in enumerate(mels)))
    config = replace(CONFIG, architecture={"name": "basis", "latent": 64, "width": 8})
    plain = replace(config, mixed=0.0, pitch_semitones=0.0, stretch=0.0, tilt_db=0.0)
    errors = [known(list(Trainer(corpus, each).run())[-1].best_error_db) for each in (config, plain)]
    assert errors[0] < 0.6 * errors[1]


@pytest.mark.parametrize("mels", [[MemoryMel(torch.randn(128, 172))], [MemoryMel(torch.full((128, 128), -3.0))]])
def test_a_single_short_recording_is_enough(mels: list[Mel]) -> None:
    vae = PcaVAE(128, 256, 4)
    scale = (DISTILL_MEL, torch.zeros(128), torch.ones(128))
    sampler = WindowSampler(mels, *scale, CONFIG, torch.Generator().manual_seed(0))
    for _ in pca_init.initialize_from_pca(vae, mels, sampler, 0):
        pass
    windows = evenly_spaced_windows(mels, 8, 4)
    assert evaluate(vae.requires_grad_(False), windows, torch.ones(128)).error_db < 0.5
    assert vae.deviation.min() > 0


def test_the_number_of_windows_is_limited(monkeypatch: pytest.MonkeyPatch) -> None:
    taken: list[int] = []
    monkeypatch.setattr(PcaVAE, "initialize", lambda self, windows, seed: taken.append(len(windows)))
    mels = [MemoryMel(torch.zeros(128, 1).expand(128, frames)) for frames in (200_000, 90_000, 128)]
    scale = (DISTILL_MEL, torch.zeros(128), torch.ones(128))
    sampler = WindowSampler(mels, *scale, CONFIG, torch.Generator().manual_seed(0))
    list(pca_init.initialize_from_pca(PcaVAE(128, 4, 4), mels, sampler, 0))
    assert 150 <= taken[0] <= 100 + 100 + 128


def test_interrupted_during_initialization_it_is_a_complete_network() -> None:
    trainer = Trainer(factor_corpus(), CONFIG)
    run = trainer.run()
    next(run)
    run.close()  # type: ignore[attr-defined]
    assert trainer.result().record["held_out_r2"] > 0.95


@pytest.mark.parametrize("steps", [1, 20])
def test_resumed_it_becomes_the_same_network(steps: int) -> None:
    """Also where the components were not there yet."""
    whole, broken = Trainer(factor_corpus(), CONFIG), Trainer(factor_corpus(), CONFIG)
    list(whole.run())
    list(itertools.islice(broken.run(), steps))
    resumed = Trainer(factor_corpus(), CONFIG)
    resumed.restore(broken.state())
    list(resumed.run())
    expected = whole.result().vae.state_dict()
    assert all(torch.equal(value, expected[name]) for name, value in resumed.result().vae.state_dict().items())


def test_the_first_reported_error_is_that_of_a_usable_network() -> None:
    # Held out is what a network of nothing but zeros gives: the mean of all bands.
    corpus = factor_corpus(20)
    held_out = {span.file for span in split_corpus(corpus, 0).validation}
    flat = MemoryMel(torch.full((128, WINDOW_FRAMES), -5.0))
    signs = iter([1, -1] * 9)
    loud = factor_corpus(1).files[0].mel.read(0, WINDOW_FRAMES) + 5
    mels = [flat if n in held_out else MemoryMel(-5 + next(signs) * loud) for n in range(20)]
    corpus = Corpus(tuple(replace(file, mel=mel) for file, mel in zip(corpus.files, mels, strict=True)))
    trained = Trainer(
        corpus, TrainingConfig(epochs=1, architecture={"name": "basis", "latent": 8, "width": 4})
    ).result()
    error = trained.vae.decode(trained.vae.encode(torch.zeros(1, 128, WINDOW_FRAMES))[0]).abs()
    reported = trained.record["held_out_error_db"]
    assert reported == pytest.approx(float((error * trained.std[:, None]).mean()) * 20 / math.log(10), abs=1e-3)
    assert reported > 0.01
