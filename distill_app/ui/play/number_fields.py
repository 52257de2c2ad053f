"""Number fields of the Play page: length and seed of the sound."""

from PySide6.QtCore import Signal

from distill_app.generation.config import SECONDS_MAX, SECONDS_MIN
from distill_app.ui.translation import tr
from distill_app.ui.widgets.input_fields import NumberField

SEED_MAX = 999_999_999


class SecondsSpinBox(NumberField):
    """Field for the length in seconds."""

    edited = Signal(float)

    def __init__(self) -> None:
        super().__init__(SECONDS_MIN, SECONDS_MAX, 2, "s", tr("Length of the sound, 0.1 s to 600 s"))
        self.setSingleStep(0.5)

    def _on_edited(self, value: float) -> None:
        self.edited.emit(value)


class SeedSpinBox(NumberField):
    """Field for the random seed."""

    edited = Signal(int)

    def __init__(self) -> None:
        super().__init__(0, SEED_MAX, 0, "", tr("The same seed and sliders give the same sound"))

    def _on_edited(self, value: float) -> None:
        self.edited.emit(int(value))
