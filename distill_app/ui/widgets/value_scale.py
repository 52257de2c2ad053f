"""Range of a slider and the format of its values."""

from dataclasses import dataclass

from distill_app.ui.style.format import percent, signed
from distill_app.ui.widgets.typed_number import NumberRange, TypedNumber


@dataclass(frozen=True)
class ValueScale:
    """Range of a slider.

    Args:
        low, high: the ends.
        origin: value to which a double click resets.
        inner: of a bipolar scale: values outside ±`inner` are marked as out of range; None where no value is.
        percent: whether values are shown as percentages.
        resolution: smallest steps per unit; a slider moves in hundredths, as its value is shown.
        coarse: smallest steps that a drag moves by at a time, unless it is a fine one.
        key_step, wheel_step: distances by which an arrow key and a notch of the wheel move a slider.
    """

    low: float
    high: float
    origin: float = 0.0
    inner: float | None = None
    percent: bool = False
    resolution: int = 100
    coarse: int = 1
    key_step: float = 0.05
    wheel_step: float = 0.02

    @property
    def has_outer(self) -> bool:
        """Whether the scale has values that are marked as out of range."""
        return self.inner is not None and self.inner < self.high

    def steps(self, value: float, coarse: bool = False) -> int:
        """Value in the smallest steps, rounded to the coarse ones where `coarse`."""
        size = self.coarse if coarse else 1
        return round(value * self.resolution / size) * size

    @property
    def fill_from(self) -> float:
        """Value at which the fill starts: the origin of a bipolar scale, else the low end."""
        return self.low if self.inner is None else self.origin

    def clamp(self, value: float) -> float:
        return min(max(value, self.low), self.high)

    def fraction(self, value: float) -> float:
        """Position of a value: 0 at the low end, 1 at the high end."""
        return (value - self.low) / (self.high - self.low)

    def text(self, value: float) -> str:
        return percent(value) if self.percent else signed(value)

    def read(self, text: str) -> TypedNumber:
        """Parses typed text and clamps the number into the range."""
        return self._range.read(text)

    def is_out_of_range(self, value: float) -> bool:
        return self.inner is not None and abs(value) > self.inner

    @property
    def range_text(self) -> str:
        return str(self._range)

    @property
    def _range(self) -> NumberRange:
        units, size = (("%",), 0.01) if self.percent else ((), 1.0)
        return NumberRange(self.low, self.high, self.text, units, size)


FRACTION = ValueScale(0.0, 1.0, percent=True)
FULL_FRACTION = ValueScale(0.0, 1.0, origin=1.0, percent=True)
"""Fraction that a double click resets to 100 %."""
