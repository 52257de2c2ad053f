"""Character sliders reach every recording, by rank, and leave tone out."""

from dataclasses import replace
from pathlib import Path

import pytest
import torch
from torch import Tensor

from distill_app.models.anchors import ANCHORS_MAX
from distill_app.models.axes import LatentAxes
from distill_app.models.model import DistillModel
from distill_app.models.model_file import load_model, save_model
from distill_app.training.axes.character import (
    AXES_MAX,
    character_components,
    own_fit,
    ranked_axes,
    with_anchors,
)
from distill_app.training.axes.tone_directions import tone_directions
from distill_app.training.vae.build_model import build_model
from distill_app.training.vae.config import TrainingConfig
from distill_app.training.vae.trainer import Trainer
from tests.training.synthetic import SMALL, factor_corpus

NO_TONE = torch.zeros(0, 12)


def clustered(rows: int = 60) -> Tensor:
    """Latents `[rows, 12]` of three kinds of sound, one of them far away."""
    random = torch.Generator().manual_seed(0)
    centres = torch.randn(3, 12, generator=random) * torch.tensor([[1.0], [1.0], [5.0]])
    return centres[torch.arange(rows) % 3] + torch.randn(rows, 12, generator=random)


def found(latents: Tensor, levels: Tensor | None = None, tone: Tensor = NO_TONE) -> LatentAxes:
    levels = torch.zeros(len(latents)) if levels is None else levels
    components = character_components(latents, latents, tone)
    axes = ranked_axes(latents, components, levels)
    return with_anchors(axes, latents, levels, torch.arange(len(latents)))


def test_every_sound_comes_back_at_its_own_place() -> None:
    latents = clustered()
    axes = found(latents)
    assert len(axes.axes) == AXES_MAX
    fit = own_fit(axes, latents, torch.zeros(60), torch.arange(60))
    assert fit.r2 >= 0.98
    assert fit.share >= 0.98


def test_of_many_windows_as_many_as_can_be_are_anchors() -> None:
    anchors = found(clustered(ANCHORS_MAX + 10)).anchors
    assert anchors is not None
    assert len(anchors.coordinates) == ANCHORS_MAX


def test_equal_parts_of_the_way_pass_equally_many_sounds() -> None:
    latents = clustered(300)
    places = torch.tensor([found(latents).to_sliders(latent) for latent in latents])
    assert places.abs().max() <= 1 + 1e-6
    for share in (0.25, 0.5, 0.75):
        below = places.quantile(share, 0)
        assert (below - (2 * share - 1)).abs().max() < 0.3, "of the whole way, rest is not quite in the middle"


def test_at_rest_there_is_a_sound_of_the_set_at_its_median_level() -> None:
    latents = clustered()
    levels = latents[:, 0].tanh()
    axes = found(latents, levels)
    heard = axes.to_latent([])
    nearest = (latents - heard).norm(dim=1).argmin()
    assert (latents[nearest] - heard).norm() < 0.3 * latents.std(0).norm()
    level = axes.level(heard)
    assert level is not None
    assert abs(float(level - levels.median())) < 0.25, "2 dB"


def test_tone_is_left_out_of_the_directions() -> None:
    tone = torch.linalg.qr(torch.randn(12, 2, generator=torch.Generator().manual_seed(1)))[0].T
    assert float((found(clustered(), tone=tone).directions @ tone.T).abs().max()) < 1e-4
    assert float((found(clustered()).directions @ tone.T).abs().max()) > 0.1


@pytest.mark.parametrize("rows", [1, 2, 5])
def test_few_or_equal_sounds_still_give_a_map(rows: int) -> None:
    for latents in (torch.ones(rows, 12), clustered(rows)):
        axes = found(latents, tone=torch.eye(12)[:5])
        assert 1 <= len(axes.axes) <= AXES_MAX
        for value in (-1.5, -1.0, 0.0, 0.3, 1.0, 1.5):
            assert axes.to_latent([value] * len(axes.axes)).isfinite().all()
        assert axes.to_sliders(axes.to_latent([0.3]))[0] == pytest.approx(0.3, abs=1e-2)


@pytest.fixture(scope="module")
def model() -> DistillModel:
    corpus = factor_corpus()
    trainer = Trainer(corpus, TrainingConfig(epochs=30, architecture=SMALL, learning_rate=5e-3, beta=1.0, mixed=0.0))
    for _ in trainer.run():
        pass
    return build_model(corpus, trainer.result(), "Factors")


def test_tone_directions_are_those_in_which_louder_windows_lie(model: DistillModel) -> None:
    windows = model.decode(torch.randn(8, model.vae.latent, generator=torch.Generator().manual_seed(0)))
    found = tone_directions(model, windows)
    torch.testing.assert_close(found @ found.T, torch.eye(len(found)), atol=1e-4, rtol=0)
    louder = (model.encode(windows + 0.5) - model.encode(windows - 0.5)).mean(0)
    assert float((found @ (louder / louder.norm())).norm()) > 0.99


def test_sliders_by_rank_are_kept_in_the_file(model: DistillModel, tmp_path: Path) -> None:
    path = tmp_path / "model.distillgan"
    save_model(model, path)
    back = load_model(path)
    assert back.header.format_version == 8
    assert back.header.axes == model.header.axes
    assert back.axes.anchors is not None
    assert model.axes.anchors is not None
    assert back.axes.anchors.kernel_std == pytest.approx(model.axes.anchors.kernel_std)
    place = [0.3, -0.7, 1.5, -1.5, 0.1][: len(model.axes.axes)]
    torch.testing.assert_close(back.axes.to_latent(place), model.axes.to_latent(place), atol=1e-4, rtol=1e-4)
    torch.testing.assert_close(back.axes.level(model.axes.mean), model.axes.level(model.axes.mean), atol=1e-4, rtol=0)


def test_a_slider_turned_round_gives_the_same_sounds(model: DistillModel) -> None:
    named = replace(model.axes.axes[0], low_end="a", high_end="b")
    turned = model.axes.with_oriented_axis(0, named.reversed(), -1)
    assert (turned.axes[0].low_end, turned.axes[0].high_end) == ("b", "a")
    for value in (-1.2, -0.4, 0.0, 0.6, 1.5):
        torch.testing.assert_close(turned.to_latent([value, 0.5]), model.axes.to_latent([-value, 0.5]))


def test_landmarks_and_novelty_are_in_the_header(model: DistillModel) -> None:
    assert model.axes.anchors is not None
    assert len(model.axes.anchors.residuals) == 60
    assert float((model.axes.anchors.residuals @ model.axes.directions.T).abs().max()) < 1e-2
    assert model.header.landmarks == model.axes.landmarks()
    assert sum(model.header.training["axis_shares_of_sound"]) > 0.2
    novelty = model.header.training["novelty"]
    assert 0 < novelty["random_db"] < 3 * novelty["another_db"]
