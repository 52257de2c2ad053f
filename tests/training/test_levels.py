"""What lies between unlike sounds is as loud as they are."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from distill_app.models.loudness import frame_levels
from distill_app.models.model import DistillModel
from distill_app.training import start
from distill_app.training.assembly import assemble
from distill_app.training.config import TrainingConfig
from distill_app.training.corpus import Corpus, Recording
from distill_app.training.loop import Trainer
from distill_app.training.mels import HeldMel
from tests.training.synthetic import SMALL, factor_corpus

CONFIG = TrainingConfig(epochs=1, architecture={"name": "basis", "latent": 24, "width": 4}, batch=8)


def peaks() -> Corpus:
    """Two groups of sounds whose partials fall into each other's gaps, all of one level."""
    bands, random = torch.arange(128)[:, None], torch.Generator().manual_seed(0)
    recordings = []
    for number in range(24):
        where = 40.0 if number % 2 else 80.0
        place = where + 2 * torch.randn(1, generator=random)
        recordings.append(-9 + 8 * torch.exp(-(((bands - place) / 6) ** 2)).expand(-1, 200))
    return Corpus(tuple(Recording(f"{n}.wav", 2.3, HeldMel(mel)) for n, mel in enumerate(recordings)))


@pytest.fixture(scope="module")
def model() -> DistillModel:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(start, "VARIED", 300)
        corpus = peaks()
        trainer = Trainer(corpus, CONFIG)
        return assemble(corpus, trainer.result(), "Peaks")


def level_db(model: DistillModel, sliders: list[float]) -> float:
    mel = model.decode(model.axes.to_latent(sliders)[None])
    return float(torch.logsumexp(2 * mel, (1, 2)) / 2) * 20 / np.log(10)


def test_the_way_from_one_group_to_the_other_has_one_level(model: DistillModel) -> None:
    plain = replace(model, axes=replace(model.axes, levelling=None))
    way = np.linspace(-1, 1, 9).tolist()
    levels, unlevelled = ([level_db(each, [value]) for value in way] for each in (model, plain))
    assert max(unlevelled) - min(unlevelled) > 8
    assert max(levels) - min(levels) < 0.6 * (max(unlevelled) - min(unlevelled))
    assert abs(np.median(levels) - level_db(model, model.axes.to_sliders(model.encode(window())[0]))) < 4  # type: ignore[arg-type]


def window() -> torch.Tensor:
    return peaks().files[0].mel.read(0, 128)[None]


def test_the_gain_is_one_and_the_same_for_every_sound(model: DistillModel) -> None:
    assert model.axes.levelling is not None
    latents = model.encode(torch.cat([window(), window() - 1]))
    torch.testing.assert_close(latents[0] - latents[1], model.axes.levelling.gain, atol=2e-2, rtol=2e-2)


def test_a_network_in_which_no_latent_is_a_gain_is_left_as_it_is() -> None:
    corpus = factor_corpus(20)
    trainer = Trainer(corpus, replace(CONFIG, architecture=SMALL))
    assert assemble(corpus, trainer.result(), "Factors").axes.levelling is None


def test_no_place_of_the_sliders_is_much_louder_than_the_recordings(model: DistillModel) -> None:
    mel_format, ceiling = model.header.mel_format, model.header.ceiling_dbfs
    loudest = frame_levels(window(), mel_format).max().item()
    assert loudest < ceiling < loudest + 6
    far = model.decode(model.axes.to_latent([30.0] * len(model.axes.axes))[None])
    free = replace(model, header=replace(model.header, ceiling_dbfs=-3.0))
    assert frame_levels(free.decode(model.axes.to_latent([30.0] * len(model.axes.axes))[None]), mel_format).max() > -4
    assert frame_levels(far, mel_format).max().item() == pytest.approx(ceiling, abs=0.1)
