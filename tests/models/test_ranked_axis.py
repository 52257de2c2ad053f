"""A slider by rank runs over quantiles, and comes back from the header or is refused."""

import json
from dataclasses import replace

import numpy as np
import pytest

from distill_app.common.errors import ModelFileError
from distill_app.models.axis import Axis
from distill_app.models.header import parse_header
from distill_app.models.model import DistillModel

AXIS = replace(Axis.by_rank("a ↔ b", [-4.0, -1.0, 0.0, 0.5, 7.0]), low_end="a", high_end="b")


def test_equal_steps_of_the_slider_are_equal_steps_of_rank() -> None:
    assert [AXIS.coordinate(value) for value in (-1.0, -0.5, 0.0, 0.5, 1.0)] == [-4.0, -1.0, 0.0, 0.5, 7.0]
    assert AXIS.coordinate(-0.25) == -0.5
    assert (AXIS.coordinate(1.5), AXIS.coordinate(-1.5)) == (10.5, -6.0)


def test_value_and_coordinate_are_inverse_and_continuous_also_out_of_range() -> None:
    values = np.linspace(-1.5, 1.5, 3001)
    coordinates = np.array([AXIS.coordinate(value) for value in values])
    assert (np.diff(coordinates) > 0).all()
    assert np.diff(coordinates).max() < 0.014
    np.testing.assert_allclose([AXIS.slider(each) for each in coordinates], values, atol=1e-9)


def test_turned_round_the_ends_change_places() -> None:
    turned = AXIS.reversed()
    assert (turned.low_end, turned.high_end) == ("b", "a")
    for value in (-1.5, -0.7, 0.0, 0.3, 1.0):
        assert turned.coordinate(-value) == pytest.approx(-AXIS.coordinate(value))


@pytest.mark.parametrize("ranks", [[-1.0, 1.0], [-1.0, 0.0, 0.0], [1.0, 0.0, -1.0], [float("nan")] * 3])
def test_ranks_that_do_not_rise_or_have_no_middle_are_refused(ranks: list[float]) -> None:
    with pytest.raises(ValueError, match="axis"):
        Axis.by_rank("a", ranks)


def header_of(model: DistillModel, axis: Axis) -> str:
    return replace(model.header, axes=(axis, *model.header.axes[1:])).to_json()


def test_the_header_keeps_ranks_and_ends_in_a_format_of_its_own(tiny_model: DistillModel) -> None:
    back = parse_header(header_of(tiny_model, AXIS), "m")
    assert back.axes[0] == AXIS
    assert back.format_version == 8
    assert "ranks" not in tiny_model.header.to_json()


@pytest.mark.parametrize(
    "wrong",
    [
        {"ranks": [-4.0, 7.0]},
        {"ranks": [-4.0, 0.5, 7.0]},
        {"ranks": ["x"] * 3},
        {"ranks": 3},
        {"ranks": [-4.0, *range(-3, 4), None, 7.0]},
        {"ranks": [*np.linspace(-4, 0, 100, endpoint=False).tolist(), *np.linspace(0, 7, 101).tolist()]},
        {"low_end": 4},
        {"high_end": "x" * 81},
    ],
)
def test_damaged_ranks_are_one_sentence(tiny_model: DistillModel, wrong: dict[str, object]) -> None:
    values = json.loads(header_of(tiny_model, AXIS))
    values["axes"][0] |= wrong
    with pytest.raises(ModelFileError, match="damaged"):
        parse_header(json.dumps(values), "m")
