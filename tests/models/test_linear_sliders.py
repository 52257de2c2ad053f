"""Files whose sliders are linear open, sound and are written as before sliders ran over ranks."""

import json

import numpy as np
import pytest
import torch
from torch import Tensor

from distill_app.common.paths import STARTER_MODEL
from distill_app.common.safetensors_io import read_metadata
from distill_app.models.axes import LatentAxes
from distill_app.models.axis import Axis
from distill_app.models.model_file import load_model

PLACES = [
    [0.0] * 8,
    [1.0, -1.0, 0.3, -0.4, 0.9, 0.1, -0.2, 0.6],
    [1.5] * 8,
    [-1.5] * 8,
    *np.random.default_rng(0).uniform(-1, 1, (6, 8)).tolist(),
]


def coordinate(axis: Axis, value: float) -> float:
    return axis.median + value * (axis.high - axis.median if value >= 0 else axis.median - axis.low)


def latent(axes: LatentAxes, values: list[float]) -> Tensor:
    """Latent by format 7: coordinates, a kernel of 0.4 half ranges over the anchors, and a gain."""
    place = torch.tensor([coordinate(axis, value) for axis, value in zip(axes.axes, values, strict=True)])
    found = axes.mean + place @ axes.directions
    if axes.anchors is not None:
        halves = torch.tensor([(axis.high - axis.low) / 2 for axis in axes.axes])
        squares = ((axes.anchors.coordinates - place) / halves).square().sum(1)
        found = found + torch.softmax(squares / (-2 * 0.4**2), 0) @ axes.anchors.residuals
    return found if axes.gain_correction is None else found + axes.gain_correction.offset(values)


@pytest.mark.parametrize("values", PLACES)
def test_the_starter_sounds_as_before(values: list[float]) -> None:
    model = load_model(STARTER_MODEL)
    if any(axis.ranks for axis in model.header.axes):
        pytest.fail("replace the starter of this test by a model of format 7 or earlier")
    count = len(model.axes.axes)
    torch.testing.assert_close(model.axes.to_latent(values[:count]), latent(model.axes, values[:count]), rtol=0, atol=0)


def test_its_header_is_written_as_it_was_read() -> None:
    header, text = load_model(STARTER_MODEL).header, read_metadata(STARTER_MODEL)
    assert header.format_version < 8
    assert json.loads(header.to_json())["axes"] == json.loads(text)["axes"]
    assert json.loads(header.to_json())["format_version"] == header.format_version
