"""`--slider NAME_OR_INDEX=VALUE`."""

import pytest

from distill_app.cli.report import WrongUseError
from distill_app.cli.slider_args import slider_values
from distill_app.models.axis import Axis

AXES = (Axis("Brightness", "centroid", 0.95, -2, 0, 1), Axis("Axis 2", "", 0.3, -1, 0, 1), Axis("a=b", "", 0, -1, 0, 1))


@pytest.mark.parametrize(
    ("settings", "values"),
    [
        ([], (0, 0, 0)),
        (["Brightness=0.5"], (0.5, 0, 0)),
        (["brightNESS=-1"], (-1, 0, 0)),
        (["2=0.25", "1=-0.5"], (-0.5, 0.25, 0)),
        (["axis 2=1"], (0, 1, 0)),
        (["1=0,8", "2=−0,25"], (0.8, -0.25, 0)),
        (["a=b=0.5"], (0, 0, 0.5)),
        (["1=0.5", "brightness=0.75"], (0.75, 0, 0)),
    ],
)
def test_names_without_case_and_numbers_from_1(settings: list[str], values: tuple[float, ...]) -> None:
    assert slider_values(settings, AXES) == values


@pytest.mark.parametrize("setting", ["Theremin=1", "0=1", "4=1", "=1", "²=1"])
def test_an_unknown_slider_is_refused_with_the_known_ones(setting: str) -> None:
    with pytest.raises(WrongUseError, match="it has: 1 Brightness, 2 Axis 2, 3 a=b"):
        slider_values([setting], AXES)


@pytest.mark.parametrize("text", ["1.51", "1,51", "0.1.2", "-2", "nan", "inf", "loud", ""])
def test_a_value_out_of_range_is_refused(text: str) -> None:
    with pytest.raises(WrongUseError, match=r"from −1\.5 to \+1\.5"):
        slider_values([f"1={text}"], AXES)


def test_a_value_out_of_range_is_allowed_and_reported(capsys: pytest.CaptureFixture[str]) -> None:
    assert slider_values(["1=-1.5", "2=1"], AXES) == (-1.5, 1, 0)
    assert capsys.readouterr().err.splitlines() == [
        "Note: Brightness = -1.5 lies beyond what the recordings hold (−1 to +1)."
    ]


def test_a_setting_without_a_value_is_refused() -> None:
    with pytest.raises(WrongUseError, match="NAME=VALUE"):
        slider_values(["Brightness"], AXES)
