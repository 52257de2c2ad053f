"""Scale of a slider whose values are shown and typed in a unit of their own."""

from collections.abc import Callable
from dataclasses import dataclass

from distill_app.ui.widgets.typed_number import NumberRange, TypedNumber
from distill_app.ui.widgets.value_scale import ValueScale


def _same(value: float) -> float:
    return value


@dataclass(frozen=True, kw_only=True)
class UnitScale(ValueScale):
    """Range of a slider in a unit.

    Args:
        formatted: text of a number in the unit.
        units: spellings of the unit that may be typed after a number.
        number: number in the unit of a value; it grows with the value.
        of_number: value of a number in the unit.
    """

    formatted: Callable[[float], str]
    units: tuple[str, ...]
    number: Callable[[float], float] = _same
    of_number: Callable[[float], float] = _same

    def text(self, value: float) -> str:
        return self.formatted(self.number(value))

    def read(self, text: str) -> TypedNumber:
        typed = self._range.read(text)
        return typed if typed.value is None else TypedNumber(self.clamp(self.of_number(typed.value)), typed.hint)

    @property
    def _range(self) -> NumberRange:
        return NumberRange(self.number(self.low), self.number(self.high), self.formatted, self.units)
