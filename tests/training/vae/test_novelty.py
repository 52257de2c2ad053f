"""Distance of random sounds to the recordings, compared with distances among the recordings."""

from dataclasses import replace

import pytest
import torch
from torch import nn

from distill_app.corpus.corpus import Corpus, Recording
from distill_app.corpus.mel_sources import MemoryMel
from distill_app.dsp.mel_format import DISTILL_MEL
from distill_app.models.axes import LatentAxes
from distill_app.models.axis import Axis
from distill_app.models.header import ModelHeader
from distill_app.models.model import DistillModel
from distill_app.models.vae import VAE
from distill_app.models.window import WINDOW_FRAMES
from distill_app.training.vae.novelty import novelty

DB = 8.6859
NOTHING = torch.empty(0, 128, WINDOW_FRAMES)
AXES = (Axis("Axis 1", "", 0.0, -1.0, 0.0, 1.0),)


def model_of_level(nats: float) -> DistillModel:
    """Model whose output has the same level at every slider value."""
    draw = nn.Linear(1, 128 * WINDOW_FRAMES).requires_grad_(False)
    nn.init.zeros_(draw.weight)
    nn.init.constant_(draw.bias, nats)
    vae = VAE(1, nn.Identity(), nn.Sequential(draw, nn.Unflatten(1, (128, WINDOW_FRAMES))))
    axes = LatentAxes(AXES, torch.zeros(1), torch.eye(1))
    return DistillModel(ModelHeader("Level", DISTILL_MEL, {}, AXES), vae, torch.zeros(128), torch.ones(128), axes)


def steady(*nats: float, frames: int = 400) -> Corpus:
    mels = [MemoryMel(torch.full((128, frames), level)) for level in nats]
    return Corpus(tuple(Recording(f"{n}.wav", 4.0, mel) for n, mel in enumerate(mels)))


def test_it_is_the_distance_to_the_nearest_window_beside_that_of_the_recordings() -> None:
    found = novelty(model_of_level(-5.0), steady(-3.0, -4.0, -7.0), NOTHING)
    assert found.random_db == pytest.approx(1 * DB, rel=1e-3)
    assert found.elsewhere_db == pytest.approx(0.0, abs=1e-3)
    assert found.another_db == pytest.approx(1 * DB, rel=1e-3)


def test_one_recording_is_compared_with_itself_alone_and_a_window_with_nothing() -> None:
    rising = MemoryMel(torch.linspace(-8, -4, 512).expand(128, -1))
    one = Corpus((Recording("a.wav", 5.0, rising),))
    found = novelty(model_of_level(-5.0), one, NOTHING)
    assert found.another_db is None
    assert found.elsewhere_db == pytest.approx(WINDOW_FRAMES * 4 / 511 * DB, rel=0.1)
    assert novelty(model_of_level(-5.0), steady(-3.0, frames=WINDOW_FRAMES), NOTHING).elsewhere_db is None


def test_replayed_sounds_count_as_recordings() -> None:
    remembered = torch.full((1, 128, WINDOW_FRAMES), -5.5)
    found = novelty(model_of_level(-5.0), steady(-3.0, -4.0), remembered)
    assert found.random_db == pytest.approx(0.5 * DB, rel=1e-3)
    assert found.another_db == pytest.approx(1 * DB, rel=1e-3)


def test_the_header_entry_is_rounded_and_may_lack_values() -> None:
    found = replace(novelty(model_of_level(-5.0), steady(-3.0), NOTHING), random_db=1.23456)
    assert found.to_record() == {"random_db": 1.23, "elsewhere_db": 0.0, "another_db": None}
