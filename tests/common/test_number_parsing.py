"""A typed number means the same in every country, or is refused; no digit is ever moved or dropped."""

from decimal import Decimal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from distill_app.common.number_parsing import parse_number


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("2,5", 2.5),
        ("2.5", 2.5),
        (" ,5 ", 0.5),
        ("5.", 5.0),
        ("−0,8", -0.8),
        ("- 1", -1.0),
        ("+1.5", 1.5),
        ("1,234", 1.234),
        ("1.234,5", 1234.5),
        ("1,234.5", 1234.5),
        ("1 234,5", 1234.5),
        ("1\u202f234,5", 1234.5),
        ("1'234.5", 1234.5),
        ("1’234", 1234.0),
        ("1,234,567", 1_234_567.0),
        ("1.234.567,8", 1_234_567.8),
        ("1e-1", 0.1),
        ("٢٫٥", 2.5),
        ("２．５", 2.5),
    ],
)
def test_numbers_of_every_country(text: str, value: float) -> None:
    assert parse_number(text) == pytest.approx(value)


@pytest.mark.parametrize(
    "text",
    ["", " ", ".", ",", "-", "abc", "1.2.3", "1,2,3", "1,23.4", "12,34,567", "1 23", "1,234.567,8", "--1", "1 s", "nan",
     "inf", "1_000", "0x10", "1,234 567"],
)  # fmt: skip
def test_what_is_no_number_or_could_mean_two_is_refused(text: str) -> None:
    assert parse_number(text) is None


def test_only_the_units_that_fit_may_follow() -> None:
    assert parse_number("2,5 s", "s") == parse_number("2.5S", "s") == 2.5
    assert parse_number("60 %", "%") == 60
    assert parse_number("3 min", "s") is None


@given(st.floats(-1e6, 1e6, allow_nan=False), st.sampled_from(".,"))
def test_every_number_comes_back_with_either_mark(value: float, mark: str) -> None:
    assert parse_number(f"{value:.3f}".replace(".", mark)) == float(f"{value:.3f}")


@example("−12.50")
@given(st.text("0123456789.,' −-+e", max_size=12))
def test_no_digit_is_dropped(text: str) -> None:
    number = parse_number(text)
    if number is not None and "e" not in text:
        digits = "".join(filter(str.isdigit, text)).strip("0")
        assert f"{Decimal(repr(abs(number))):f}".replace(".", "").strip("0") == digits
