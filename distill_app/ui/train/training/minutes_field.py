"""Number field for the time that a training takes."""

from PySide6.QtCore import Signal

from distill_app.ui.translation import tr
from distill_app.ui.widgets.input_fields import NumberField

_MINUTES_MIN, _MINUTES_MAX = 0.1, 7 * 24 * 60


class MinutesSpinBox(NumberField):
    """Duration in minutes."""

    edited = Signal(float)
    """The user changed the duration, in minutes."""

    def __init__(self) -> None:
        tip = tr("How long to train; you can finish at any time and keep the model")
        super().__init__(_MINUTES_MIN, _MINUTES_MAX, 1, "min", tip)

    def _on_edited(self, value: float) -> None:
        self.edited.emit(value)
