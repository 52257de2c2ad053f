"""Sliders follow the factors of the corpus, and are named by their audible effect."""

import numpy as np
import pytest
import torch
from torch import Tensor

from distill_app.common.generators import drain
from distill_app.dsp.descriptors import DESCRIPTORS
from distill_app.dsp.sound import Sound
from distill_app.models.axes import LatentAxes
from distill_app.models.model import DistillModel
from distill_app.training.axes.analysis import (
    SWEEP_POINTS,
    Sweep,
    analyse,
    assign_names,
    spearman,
    unnamed_axes,
)
from distill_app.training.axes.components import AXES_MAX, Components, component_steps
from distill_app.training.vae.build_model import build_model
from distill_app.training.vae.config import TrainingConfig
from distill_app.training.vae.trainer import Trainer
from tests.training.synthetic import SMALL, factor_corpus

RATE = 44_100


def factors_in_latents(count: int = 3, rows: int = 400) -> tuple[Tensor, Tensor, Tensor]:
    """Latents `[rows, 32]` of `count` factors of falling strength, the factors, and the directions they lie in."""
    random = torch.Generator().manual_seed(1)
    drawn = torch.randn(rows, count, generator=random)
    independent = torch.linalg.qr(drawn - drawn.mean(0))[0] * rows**0.5
    factors = independent * torch.tensor([2.0, 1.4, 1.0])[:count]
    directions = torch.linalg.qr(torch.randn(32, 32, generator=random))[0][:count]
    return factors @ directions + 0.1 * torch.randn(rows, 32, generator=random), factors, directions


def principal_components(latents: Tensor, sounds: Tensor, block: int = 1, seed: int = 0) -> Components:
    return drain(component_steps(latents, sounds, block, seed))


def test_three_true_factors_give_three_axes_aligned_with_them() -> None:
    latents, factors, directions = factors_in_latents()
    mixing = torch.randn(3, 50, generator=torch.Generator().manual_seed(2))
    sounds = factors @ mixing + 0.5 * torch.randn(400, 50, generator=torch.Generator().manual_seed(3))
    found = principal_components(latents, sounds)
    assert len(found.directions) == 3
    assert (found.directions @ directions.T).abs().max(0).values.min() > 0.95
    torch.testing.assert_close(found.directions @ found.directions.T, torch.eye(3), atol=1e-5, rtol=0)
    assert (found.explained_variance.diff() <= 0).all()


def test_dimensions_without_effect_on_the_sound_are_no_axes() -> None:
    latents, factors, directions = factors_in_latents()
    sounds = factors[:, :1] @ torch.ones(1, 20)
    found = principal_components(latents, sounds)
    assert len(found.directions) == 1
    assert float((found.directions[0] @ directions[0]).abs()) > 0.95


def test_noise_gives_one_axis_so_that_there_is_something_to_play() -> None:
    counts = []
    for seed in range(10):
        random = torch.Generator().manual_seed(seed)
        latents, sounds = (torch.randn(200, n, generator=random) for n in (8, 30))
        counts.append(len(principal_components(latents, sounds, seed=seed).directions))
    assert min(counts) == 1
    assert np.mean(counts) < 1.5


def test_overlapping_windows_are_not_counted_as_independent() -> None:
    """Slow random walks look related where each step counts as new evidence."""
    random = torch.Generator().manual_seed(0)
    latents, sounds = (torch.randn(400, n, generator=random).cumsum(0) for n in (6, 20))
    assert len(principal_components(latents, sounds, block=1).directions) > len(
        principal_components(latents, sounds, block=80).directions
    )


def test_there_are_never_more_axes_than_the_maximum() -> None:
    latents = torch.randn(500, 20, generator=torch.Generator().manual_seed(0))
    assert len(principal_components(latents, latents).directions) == AXES_MAX


def test_identical_windows_still_give_one_axis_that_is_a_map() -> None:
    latents = torch.ones(5, 4)
    axes = unnamed_axes(latents, principal_components(latents, torch.ones(5, 3)))
    assert axes.axes[0].low < axes.axes[0].median < axes.axes[0].high


def test_a_slider_runs_over_the_corpus_percentiles() -> None:
    latents, factors, _ = factors_in_latents(1)
    axes = unnamed_axes(latents, principal_components(latents, factors))
    coordinates = ((latents - axes.mean) @ axes.directions[0]).numpy()
    assert (axes.axes[0].low, axes.axes[0].high) == pytest.approx(tuple(np.percentile(coordinates, [2, 98])))
    assert axes.to_sliders(axes.to_latent([0.5]))[0] == pytest.approx(0.5, abs=1e-4)


def test_spearman_on_known_ranks() -> None:
    a = np.array([1.0, 2, 3, 4, 5])
    assert spearman(a, np.exp(a)) == pytest.approx(1)
    assert spearman(a, -(a**3)) == pytest.approx(-1)
    assert spearman(a, np.array([5.0, 5, 5, 5, 5])) == 0
    assert spearman(a, np.array([1.0, 2, 3, 5, 4])) == pytest.approx(0.9)
    assert spearman(a, np.array([1.0, 1, 2, 2, 3])) == pytest.approx(0.9487, abs=1e-4)


def flat_sweep(**moves: np.ndarray) -> Sweep:
    """Nothing moves but the descriptors named."""
    values = np.tile([0.5] * len(DESCRIPTORS), (SWEEP_POINTS, 1))
    for number, each in enumerate(DESCRIPTORS):
        values[:, number] = moves.get(each.id, values[:, number])
    return Sweep(values)


UP = np.linspace(0, 1, SWEEP_POINTS)


def test_names_are_given_once_to_the_axis_that_moves_them_most() -> None:
    sweeps = [
        flat_sweep(loudness=-30 + 10 * UP),
        flat_sweep(loudness=-30 + 20 * UP),
        flat_sweep(centroid=500 + 900 * UP),
    ]
    names = {axis: DESCRIPTORS[number].id for axis, number in assign_names(sweeps).items()}
    assert names == {1: "loudness", 2: "centroid"}


def test_what_is_inaudible_or_not_monotone_gives_no_name() -> None:
    assert assign_names([flat_sweep(loudness=-30 + 0.5 * UP)]) == {}
    zigzag = np.where(np.arange(SWEEP_POINTS) % 2, -30.0, -10.0) + UP
    assert assign_names([flat_sweep(loudness=zigzag)]) == {}


@pytest.fixture(scope="module")
def model() -> DistillModel:
    corpus = factor_corpus()
    trainer = Trainer(corpus, TrainingConfig(epochs=30, architecture=SMALL, learning_rate=5e-3, beta=1.0, mixed=0.0))
    for _ in trainer.run():
        pass
    return build_model(corpus, trainer.result(), "Factors")


class FadingRenderer:
    """Renders a tone that gets softer as the first slider of the model's *first* orientation goes up."""

    def __init__(self, axes: LatentAxes) -> None:
        self._axes = axes

    def __call__(self, model: DistillModel, sliders: tuple[float, ...]) -> Sound:
        first = self._axes.to_sliders(model.axes.to_latent(sliders))[0]
        wave = 10 ** (-1 - first / 2) * np.sin(2 * np.pi * 440 * np.arange(RATE) / RATE)
        return Sound(wave.astype(np.float32)[None], RATE)


def test_an_axis_that_lowers_its_descriptor_is_turned_round(model: DistillModel) -> None:
    ear = FadingRenderer(model.axes)
    named = drain(analyse(model, ear, []))
    first = named.header.axes[0]
    assert (first.name, first.descriptor, first.rho) == ("Loudness", "loudness", 1.0)
    levels = [np.abs(ear(named, (value,)).samples).max() for value in (-1.0, 0.0, 1.0)]
    assert levels[0] < levels[1] < levels[2]
    assert named.axes.axes == named.header.axes
    torch.testing.assert_close(named.axes.to_latent([0.7]), model.axes.to_latent([-0.7]))


def test_axes_of_a_trained_network_carry_the_factors_of_its_corpus(model: DistillModel) -> None:
    """Three factors made the sounds: the axes found explain them, and few more are offered."""
    assert 3 <= len(model.axes.axes) <= 5
    assert sum(model.header.training["axis_shares_of_sound"][:4]) > 0.8


def test_landmarks_are_corpus_windows_and_random_sounds_are_evaluated(model: DistillModel) -> None:
    assert model.axes.anchors is not None
    assert len(model.axes.anchors.residuals) == 60
    assert float((model.axes.anchors.residuals @ model.axes.directions.T).abs().max()) < 1e-4
    assert model.header.landmarks == model.axes.landmarks()
    novelty = model.header.training["novelty"]
    assert 0 < novelty["random_db"] < 2 * novelty["another_db"]
