"""Numbers typed into a field: accepted, brought into the field's range, or refused with a hint."""

from collections.abc import Callable
from dataclasses import dataclass

from distill_app.common.number_parsing import parse_number


@dataclass(frozen=True)
class TypedNumber:
    """A typed number.

    Args:
        value: within the range; None where no number was typed.
        hint: what differs from what was typed, in a sentence; "" where nothing does.
    """

    value: float | None
    hint: str = ""


@dataclass(frozen=True)
class NumberRange:
    """The numbers that a field takes.

    Args:
        low, high: the ends.
        written: how the field writes a number.
        units: what may be typed behind a number.
        unit_size: how much of the value the typed number 1 is, as 0.01 for percent.
        whole: whether fractions are refused.
    """

    low: float
    high: float
    written: Callable[[float], str]
    units: tuple[str, ...] = ()
    unit_size: float = 1.0
    whole: bool = False

    def read(self, text: str) -> TypedNumber:
        """A number beyond an end is brought to that end, and the hint says so."""
        number = parse_number(text, *self.units)
        if number is None or (self.whole and not number.is_integer()):
            kind = "a whole number" if self.whole else "a number"
            bare = next((text.removesuffix(unit) for unit in self.units if text.endswith(unit)), text).strip()
            return TypedNumber(None, f"“{bare:.20}” is not {kind}; type one from {self}.")
        value = min(max(number * self.unit_size, self.low), self.high)
        if value == number * self.unit_size:
            return TypedNumber(value)
        return TypedNumber(value, f"Set to {self.written(value)}: the range is {self}.")

    def __str__(self) -> str:
        return f"{self.written(self.low)} to {self.written(self.high)}"
