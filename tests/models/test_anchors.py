"""Anchors supply the off-axis part of a latent, and keep random sounds near the corpus."""

import numpy as np
import pytest
import torch

from distill_app.models import anchors as anchors_module
from distill_app.models.anchors import Anchors
from distill_app.models.axes import LatentAxes
from distill_app.models.axis import NEIGHBOUR_STD, WAY_MAX, Axis
from distill_app.models.slider_sampling import CORPUS_STD, normals_per_sample, sample_sliders

AXIS = Axis("Axis 1", "", 0.0, -2.0, 0.0, 2.0)
LATENTS = torch.tensor([[-2.0, 0.0, 5.0], [2.0, 1.0, -3.0], [0.0, -2.0, 1.0]])


def axes_of(anchors: Anchors | None) -> LatentAxes:
    return LatentAxes((AXIS, AXIS), torch.zeros(3), torch.eye(3)[:2], anchors)


def anchored() -> LatentAxes:
    """The third latent is what no slider moves."""
    return axes_of(Anchors(LATENTS[:, :2].clone(), LATENTS * torch.tensor([0.0, 0.0, 1.0])))


def test_at_the_coordinates_of_a_corpus_sound_its_latent_is_restored(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(anchors_module, "_KERNEL_STD", 0.1)
    axes = anchored()
    for latent in LATENTS:
        torch.testing.assert_close(axes.to_latent(axes.to_sliders(latent)), latent, atol=1e-4, rtol=0)


def test_the_latent_is_continuous_between_sounds() -> None:
    axes = anchored()
    path = torch.stack([axes.to_latent([x, x / 2]) for x in np.linspace(-1, 1, 4001).tolist()])
    assert float(path.diff(dim=0).abs().max()) < 0.02
    assert float(path[0, 2]) > 4
    assert float(path[-1, 2]) < -2.5


def test_levels_match_at_distinct_places_and_stay_in_range_elsewhere() -> None:
    places = torch.tensor([[-2.0], [-1.7], [0.0], [0.0], [1.5]])
    wanted, half_ranges = torch.tensor([-3.0, -1.0, -2.0, -2.5, 0.0]), torch.tensor([2.0])
    matched = Anchors(places, torch.zeros(5, 2), torch.full((5,), -2.0)).with_levels_near(places, wanted, half_ranges)
    found = torch.stack([level for place in places if (level := matched.level(place, half_ranges)) is not None])
    torch.testing.assert_close(found[[0, 1, 4]], wanted[[0, 1, 4]], atol=0.1, rtol=0)
    assert -2.5 <= float(found[2]) == float(found[3]) <= -2.0
    everywhere = [matched.level(place, half_ranges) for place in torch.linspace(-3, 3, 99)[:, None]]
    assert all(level is not None and -3.001 <= float(level) <= 0.001 for level in everywhere)


def test_a_slider_moves_its_axis_as_without_anchors() -> None:
    for sliders in ([0.3, -0.4], [1.5, 1.5]):
        assert torch.equal(anchored().to_latent(sliders)[:2], axes_of(None).to_latent(sliders)[:2])


def test_far_from_every_sound_numbers_stay_finite() -> None:
    axes = axes_of(Anchors(torch.full((2, 2), 1e6), torch.ones(2, 3)))
    assert axes.to_latent([-1.5, 1.5]).isfinite().all()


def test_flipping_an_axis_flips_its_anchors() -> None:
    axes, anchors = anchored(), anchored().anchors
    assert anchors is not None
    turned = LatentAxes(axes.axes, axes.mean, axes.directions * torch.tensor([[-1.0], [1.0]]), anchors.with_sign(0, -1))
    torch.testing.assert_close(turned.to_latent([-0.7, 0.2]), axes.to_latent([0.7, 0.2]))


def test_landmarks_are_anchor_positions_within_the_slider_range() -> None:
    assert anchored().landmarks() == ((-1.0, 0.0), (1.0, 0.5), (0.0, -1.0))
    assert axes_of(None).landmarks() == ()
    many = axes_of(Anchors(torch.full((200, 2), 50.0), torch.zeros(200, 3)))
    assert 40 <= len(many.landmarks()) <= 64
    assert set(many.landmarks()) == {(1.5, 1.5)}


def test_random_sounds_are_near_the_corpus_and_around_the_sliders() -> None:
    axes, random = anchored(), np.random.default_rng(0)
    values = np.stack([sample_sliders(axes, np.zeros(2), random) for _ in range(300)])
    places = np.array(axes.landmarks())
    nearest = np.linalg.norm(values[:, None] - places, axis=2).min(1)
    alone = CORPUS_STD * np.random.default_rng(0).standard_normal((300, 2))
    assert np.median(nearest) < 1.6 * NEIGHBOUR_STD < np.median(np.linalg.norm(alone[:, None] - places, axis=2).min(1))
    up = np.stack([sample_sliders(axes, np.array([1.0, 0.5]), random) for _ in range(300)])
    assert (np.linalg.norm(up - places[1], axis=1) < 1).mean() > 0.8


def test_by_rank_random_sounds_go_a_part_of_the_way_from_a_recording() -> None:
    ranked = Axis.by_rank("Character 1", [-2.0, 0.0, 2.0])
    known = Anchors(LATENTS[:, :2].clone(), LATENTS * torch.tensor([0.0, 0.0, 1.0]), kernel_std=0.05)
    axes = LatentAxes((ranked, ranked), torch.zeros(3), torch.eye(3)[:2], known)
    random, same = np.random.default_rng(0), np.random.default_rng(0)
    places = np.array(axes.landmarks())
    errors = []
    for _ in range(100):
        values = sample_sliders(axes, np.zeros(2), random)
        asked = CORPUS_STD * same.standard_normal(normals_per_sample(axes))
        errors.append(np.linalg.norm(places + WAY_MAX * (asked - places) - values, axis=1).min())
    assert np.median(errors) < 1e-4
    assert random.bit_generator.state == same.bit_generator.state


def test_by_rank_a_random_sound_is_rather_near_an_audible_recording_than_a_faint_one() -> None:
    ranked = Axis.by_rank("Character 1", [-2.0, 0.0, 2.0])
    places = torch.tensor([[-1.0], [1.0]])

    def nearest(levels: list[float]) -> float:
        anchors = Anchors(places, torch.zeros(2, 2), torch.tensor(levels), kernel_std=0.25)
        axes = LatentAxes((ranked,), torch.zeros(2), torch.eye(2)[:1], anchors)
        return axes.nearest_to_corpus([0.0])[0]

    assert nearest([-2.0, -2.0]) == pytest.approx(0, abs=1e-6)
    assert nearest([-2.0, -6.0]) < -0.45
    assert nearest([-6.0, -2.0]) > 0.45
    assert -0.5 <= nearest([-900.0, -900.0]) <= 0.5


@pytest.mark.parametrize(
    "broken",
    [
        lambda: Anchors(torch.zeros(3, 2), torch.zeros(2, 3)),
        lambda: Anchors(torch.zeros(0, 2), torch.zeros(0, 3)),
        lambda: Anchors(torch.zeros(1025, 2), torch.zeros(1025, 3)),
        lambda: axes_of(Anchors(torch.zeros(2, 1), torch.zeros(2, 3))),
        lambda: axes_of(Anchors(torch.zeros(2, 2), torch.zeros(2, 4))),
    ],
)
def test_anchors_that_do_not_fit_are_refused(broken: object) -> None:
    assert callable(broken)
    with pytest.raises(ValueError, match="anchor"):
        broken()
