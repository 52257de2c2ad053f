"""Number fields of the Play page: length and seed of the sound."""

from PySide6.QtCore import Signal

from distill_app.generation.config import SECONDS_MAX, SECONDS_MIN
from distill_app.ui.style.format import INFINITY
from distill_app.ui.translation import tr
from distill_app.ui.widgets.input_fields import NumberField

SEED_MAX = 999_999_999


class SecondsSpinBox(NumberField):
    """Field for the length in seconds, which shows ∞ where the sound has no end.

    There a step begins at the length that the sound had before.
    """

    edited = Signal(float)

    def __init__(self) -> None:
        super().__init__(SECONDS_MIN, SECONDS_MAX, 2, "s", tr("Length of the sound, 0.1 s to 600 s"))
        self._finite = SECONDS_MIN
        self.setSingleStep(0.5)

    def show_length(self, seconds: float, endless: bool) -> None:
        """Shows a length without emitting a signal, or ∞ in its place.

        ∞ is Qt's special text of the least value, 0 here, which cannot be typed.
        """
        self._finite = seconds
        self.setSpecialValueText(INFINITY if endless else "")
        self.setMinimum(0.0 if endless else SECONDS_MIN)
        self.show_value(0.0 if endless else seconds)

    def stepBy(self, steps: int) -> None:
        if self.value():
            super().stepBy(steps)
            self.setValue(max(self.value(), SECONDS_MIN))
        else:
            self.setValue(self._finite)

    def _on_edited(self, value: float) -> None:
        self.edited.emit(value)


class SeedSpinBox(NumberField):
    """Field for the random seed."""

    edited = Signal(int)

    def __init__(self) -> None:
        super().__init__(0, SEED_MAX, 0, "", tr("The same seed and sliders give the same sound"))

    def _on_edited(self, value: float) -> None:
        self.edited.emit(int(value))
