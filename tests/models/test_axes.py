"""Mapping between sliders and latents."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from distill_app.models.axes import LatentAxes
from distill_app.models.axis import Axis

AXIS = Axis("Brightness", "centroid", 0.97, -3.0, 0.5, 1.5)
SLIDER = st.floats(-1.5, 1.5)


def test_the_ends_of_a_slider_are_the_percentiles() -> None:
    assert [AXIS.coordinate(value) for value in (-1.0, 0.0, 1.0)] == [-3.0, 0.5, 1.5]


@given(SLIDER)
def test_slider_and_coordinate_are_inverse(value: float) -> None:
    assert AXIS.slider(AXIS.coordinate(value)) == pytest.approx(value, abs=1e-9)


def test_an_axis_without_extent_is_refused() -> None:
    with pytest.raises(ValueError, match="low < median < high"):
        Axis("Nothing", "", 0.0, 1.0, 1.0, 1.0)


@given(st.tuples(SLIDER, SLIDER))
def test_sliders_and_latent_are_inverse(values: tuple[float, float]) -> None:
    directions = torch.linalg.qr(torch.randn(5, 5, generator=torch.Generator().manual_seed(0))).Q[:2]
    axes = LatentAxes((AXIS, AXIS), torch.arange(5.0), directions)
    assert axes.to_sliders(axes.to_latent(values)) == pytest.approx(values, abs=1e-5)


def test_missing_sliders_are_at_the_median() -> None:
    axes = LatentAxes((AXIS, AXIS), torch.zeros(2), torch.eye(2))
    assert axes.to_latent([1.0]).tolist() == [1.5, 0.5]


def test_directions_that_do_not_fit_are_refused() -> None:
    with pytest.raises(ValueError, match="one direction"):
        LatentAxes((AXIS,), torch.zeros(3), torch.eye(3))
