"""Number fields of the Play page: length and seed of the sound."""

from PySide6.QtCore import Signal

from distill_app.generation.config import SECONDS_MAX, SECONDS_MIN
from distill_app.ui.widgets.input_fields import NumberField

SEED_MAX = 999_999_999


class SecondsSpinBox(NumberField):
    """A length in seconds."""

    edited = Signal(float)

    def __init__(self) -> None:
        super().__init__(SECONDS_MIN, SECONDS_MAX, 2, "s", "How long the sound is, 0.1 s to 600 s")
        self.setSingleStep(0.5)

    def _on_edited(self, value: float) -> None:
        self.edited.emit(value)


class SeedSpinBox(NumberField):
    """A seed."""

    edited = Signal(int)

    def __init__(self) -> None:
        super().__init__(0, SEED_MAX, 0, "", "The same seed and sliders give the same sound")

    def _on_edited(self, value: float) -> None:
        self.edited.emit(int(value))
