"""Gain correction as a function of the sliders."""

import pytest
import torch

from distill_app.models.axes import LatentAxes
from distill_app.models.axis import Axis
from distill_app.models.gain_correction import GainCorrection

AXIS = Axis("Axis 1", "", 0.0, -2.0, 0.0, 2.0)
FORM = torch.tensor([[1.0, 0.5, 0.0], [0.5, 0.25, -0.5], [0.0, -0.5, 0.0]])
LEVELLING = GainCorrection(FORM, torch.tensor([0.0, 0.0, 2.0]))


def axes_of(gain_correction: GainCorrection | None) -> LatentAxes:
    return LatentAxes((AXIS, AXIS), torch.zeros(3), torch.eye(3)[:2], None, gain_correction)


def test_it_adds_the_quadratic_form_along_the_direction() -> None:
    """1 + s + s²/4 − s·t nats, two latent units each."""
    for first, second in ((0.0, 0.0), (0.5, -1.0), (-1.5, 0.2)):
        nats = 1 + first + first**2 / 4 - first * second
        moved = axes_of(LEVELLING).to_latent([first, second]) - axes_of(None).to_latent([first, second])
        torch.testing.assert_close(moved, torch.tensor([0.0, 0.0, 2 * nats]))


def test_it_never_adds_more_than_30_db() -> None:
    assert float(GainCorrection(100 * FORM, torch.ones(3)).offset([1.0, 0.0]).max()) == 3.5
    assert float(GainCorrection(-100 * FORM, torch.ones(3)).offset([1.0, 0.0]).min()) == -3.5


def test_flipping_an_axis_flips_the_correction() -> None:
    turned = axes_of(LEVELLING).with_oriented_axis(0, AXIS, -1)
    torch.testing.assert_close(turned.to_latent([-0.7, 0.2]), axes_of(LEVELLING).to_latent([0.7, 0.2]))


@pytest.mark.parametrize("broken", [GainCorrection(torch.eye(2), torch.zeros(3)), GainCorrection(FORM, torch.zeros(2))])
def test_levels_of_other_axes_are_refused(broken: GainCorrection) -> None:
    with pytest.raises(ValueError, match="gain correction"):
        axes_of(broken)
