"""Sounds between two unlike groups are as loud as the groups."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
import torch

from distill_app.corpus.corpus import Corpus, Recording
from distill_app.corpus.mel_sources import MemoryMel
from distill_app.dsp.mel_format import DISTILL_MEL
from distill_app.models.loudness import frame_levels, window_levels
from distill_app.models.model import DistillModel
from distill_app.training.vae import pca_init
from distill_app.training.vae.build_model import build_model
from distill_app.training.vae.config import TrainingConfig
from distill_app.training.vae.trainer import Trainer
from tests.training.synthetic import SMALL, factor_corpus

CONFIG = TrainingConfig(epochs=1, architecture={"name": "basis", "latent": 24, "width": 4}, batch=8)


def peaks() -> Corpus:
    """Two groups of sounds whose partials fall into each other's gaps, all of one level."""
    bands, random = torch.arange(128)[:, None], torch.Generator().manual_seed(0)
    recordings = []
    for number in range(24):
        where = 40.0 if number % 2 else 80.0
        place = where + 2 * torch.randn(1, generator=random)
        mel = -9 + 8 * torch.exp(-(((bands - place) / 6) ** 2)).expand(-1, 200)
        recordings.append(mel - window_levels(mel[None], DISTILL_MEL) - 1)
    return Corpus(tuple(Recording(f"{n}.wav", 2.3, MemoryMel(mel)) for n, mel in enumerate(recordings)))


@pytest.fixture(scope="module", autouse=True)
def _few_windows() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pca_init, "VARIED", 300)
        yield


@pytest.fixture(scope="module")
def model(_few_windows: None) -> DistillModel:
    corpus = peaks()
    return build_model(corpus, Trainer(corpus, CONFIG).result(), "Peaks")


def level_db(model: DistillModel, mels: torch.Tensor) -> float:
    return float(window_levels(mels, model.header.mel_format)[0]) * 20 / np.log(10)


def test_the_level_is_constant_between_two_groups(model: DistillModel) -> None:
    latents = [model.axes.to_latent([value])[None] for value in np.linspace(-1, 1, 9).tolist()]
    levels, plain = (
        [level_db(model, decode(each)) for each in latents] for decode in (model.decode_at_corpus_level, model.decode)
    )
    assert max(plain) - min(plain) > 8
    assert max(levels) - min(levels) < 1
    assert abs(np.median(levels) - level_db(model, window())) < 1


def window() -> torch.Tensor:
    return peaks().files[0].mel.read(0, 128)[None]


@pytest.mark.parametrize("architecture", [SMALL, CONFIG.architecture])
def test_every_network_decodes_at_the_level_of_the_corpus_at_the_sliders(architecture: dict[str, object]) -> None:
    corpus = factor_corpus(20)
    model = build_model(corpus, Trainer(corpus, replace(CONFIG, architecture=architecture)).result(), "Factors")
    windows = torch.stack([file.mel.read(0, 128) for file in corpus.files])
    apart = window_levels(windows, model.header.mel_format).std().item() * 20 / np.log(10)
    for file in windows:
        sliders = model.axes.to_sliders(model.encode(file[None])[0])
        level = level_db(model, model.decode_at_corpus_level(model.axes.to_latent(sliders)[None]))
        assert abs(level - level_db(model, file[None])) < max(1.5, 2.5 * apart)


def test_no_slider_position_is_much_louder_than_the_recordings(model: DistillModel) -> None:
    mel_format, ceiling = model.header.mel_format, model.header.ceiling_dbfs
    loudest = frame_levels(window(), mel_format).max().item()
    assert loudest < ceiling < loudest + 6
    far = model.decode(model.axes.to_latent([30.0] * len(model.axes.axes))[None])
    free = replace(model, header=replace(model.header, ceiling_dbfs=-3.0))
    assert frame_levels(free.decode(model.axes.to_latent([30.0] * len(model.axes.axes))[None]), mel_format).max() > -4
    assert frame_levels(far, mel_format).max().item() == pytest.approx(ceiling, abs=0.1)
