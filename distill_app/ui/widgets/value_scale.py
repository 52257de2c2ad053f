"""The numbers a slider runs over, and how they are written."""

from dataclasses import dataclass

from distill_app.ui.style.format import percent, signed
from distill_app.ui.widgets.typed_number import NumberRange, TypedNumber

RESOLUTION = 100
"""A slider moves in hundredths, which is what its value text shows."""


@dataclass(frozen=True)
class Scale:
    """A slider's range.

    Args:
        low, high: its ends.
        origin: where the fill starts and a double-click leads.
        inner: beyond ±this the value is marked as beyond the corpus; None where there is no such thing.
        percent: whether the value is written as a percentage.
    """

    low: float
    high: float
    origin: float = 0.0
    inner: float | None = None
    percent: bool = False

    @property
    def fill_from(self) -> float:
        """The value that a slider's fill begins at."""
        return self.origin

    def clamp(self, value: float) -> float:
        return min(max(value, self.low), self.high)

    def fraction(self, value: float) -> float:
        """0 at the low end, 1 at the high end."""
        return (value - self.low) / (self.high - self.low)

    def text(self, value: float) -> str:
        return percent(value) if self.percent else signed(value)

    def read(self, text: str) -> TypedNumber:
        """Parse typed text as a number, brought into the range."""
        return self._range.read(text)

    def is_beyond(self, value: float) -> bool:
        return self.inner is not None and abs(value) > self.inner

    @property
    def range_text(self) -> str:
        return str(self._range)

    @property
    def _range(self) -> NumberRange:
        units, size = (("%",), 0.01) if self.percent else ((), 1.0)
        return NumberRange(self.low, self.high, self.text, units, size)


FRACTION = Scale(0.0, 1.0, percent=True)
