"""Parsing of numbers typed into a field: accepted, clamped into the range, or refused with a hint."""

from collections.abc import Callable
from dataclasses import dataclass

from distill_app.common.number_parsing import parse_number
from distill_app.ui.translation import tr


@dataclass(frozen=True)
class TypedNumber:
    """Result of parsing.

    Args:
        value: a number within the range; None where the text is no number.
        hint: a sentence on how `value` differs from the text; "" where it does not.
    """

    value: float | None
    hint: str = ""


@dataclass(frozen=True)
class NumberRange:
    """Numbers that a field accepts.

    Args:
        low, high: the ends of the range.
        formatted: formats a number like the field does.
        units: units that may be typed after a number.
        unit_size: value of the typed number 1, such as 0.01 for percent.
        whole: whether fractions are refused.
    """

    low: float
    high: float
    formatted: Callable[[float], str]
    units: tuple[str, ...] = ()
    unit_size: float = 1.0
    whole: bool = False

    def read(self, text: str) -> TypedNumber:
        """Parses a number and clamps it into the range."""
        number = parse_number(text, *self.units)
        if number is None or (self.whole and not number.is_integer()):
            return TypedNumber(None, self._refusal(text))
        value = min(max(number * self.unit_size, self.low), self.high)
        if value == number * self.unit_size:
            return TypedNumber(value)
        hint = tr("Set to {value}: the range is {range}.")
        return TypedNumber(value, hint.format(value=self.formatted(value), range=self))

    def _refusal(self, text: str) -> str:
        bare = next((text.removesuffix(unit) for unit in self.units if text.endswith(unit)), text).strip()
        whole = tr("“{text}” is not a whole number; type one from {range}.")
        number = tr("“{text}” is not a number; type one from {range}.")
        return (whole if self.whole else number).format(text=f"{bare:.20}", range=self)

    def __str__(self) -> str:
        return tr("{low} to {high}").format(low=self.formatted(self.low), high=self.formatted(self.high))
