"""Number field for the time that a training takes."""

from PySide6.QtCore import Signal

from distill_app.ui.widgets.input_fields import NumberField

_MINUTES_MIN, _MINUTES_MAX = 0.1, 7 * 24 * 60


class MinutesSpinBox(NumberField):
    """How long to work."""

    edited = Signal(float)

    def __init__(self) -> None:
        tip = "How long it learns; you can stop and keep what it has learned at any time"
        super().__init__(_MINUTES_MIN, _MINUTES_MAX, 1, "min", tip)

    def _on_edited(self, value: float) -> None:
        self.edited.emit(value)
