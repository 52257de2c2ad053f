"""Choices and number fields that leave the wheel to the panel and the letters to the shortcuts."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QLocale, Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QWheelEvent
from PySide6.QtWidgets import QAbstractSpinBox, QComboBox, QDoubleSpinBox, QLineEdit, QSpinBox, QWidget

from distill_app.generation.config import SECONDS_MAX, SECONDS_MIN
from distill_app.ui.theme import GRID, font
from distill_app.ui.timers import timer

if TYPE_CHECKING:  # what the mixins below are mixed into
    _Widget = QWidget
    _SpinBox = QAbstractSpinBox
else:
    _Widget = _SpinBox = object

_BURST_MS = 400
_SEED_MAX = 999_999_999
_MINUTES_MIN, _MINUTES_MAX = 0.1, 7 * 24 * 60


class _WheelWhereFocused(_Widget):
    """Elsewhere the wheel scrolls the panel."""

    def wheelEvent(self, event: QWheelEvent) -> None:
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()


class Choice(_WheelWhereFocused, QComboBox):
    """A combo box; `chosen` is the data of the entry the hand took."""

    chosen = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFont(font())
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(8)
        self.activated.connect(lambda index: self.chosen.emit(self.itemData(index)))

    def show_data(self, data: object) -> None:
        """Selects the entry with this data, silently."""
        for index in range(self.count()):
            if self.itemData(index) == data:
                self.setCurrentIndex(index)
                return


class _Burst:
    """Turns quick steps of a number field into one edit."""

    def __init__(self, box: QSpinBox | QDoubleSpinBox, edited: object) -> None:
        self._box, self._shown = box, box.value()
        self._edited = edited
        self._timer = timer(box, _BURST_MS, self.flush, single_shot=True)
        box.setKeyboardTracking(False)
        box.lineEdit().setTextMargins(GRID, 0, 0, 0)
        box.setFont(font())
        box.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        box.setLocale(QLocale.c())
        box.setCorrectionMode(QAbstractSpinBox.CorrectionMode.CorrectToNearestValue)
        box.valueChanged.connect(lambda: self._timer.start())
        box.editingFinished.connect(self.flush)

    def show(self, value: float) -> None:
        self._timer.stop()
        blocked = self._box.blockSignals(True)
        self._box.setValue(value)  # type: ignore[arg-type]
        self._box.blockSignals(blocked)
        self._shown = self._box.value()

    def flush(self) -> None:
        self._timer.stop()
        if self._box.value() != self._shown:
            self._shown = self._box.value()
            self._edited.emit(self._shown)  # type: ignore[attr-defined]


class _NumberField(_WheelWhereFocused, _SpinBox):
    """What both number fields do alike."""

    _burst: _Burst

    def finish_edit(self) -> None:
        """Ends a burst of steps now."""
        self._burst.flush()

    def event(self, event: QEvent) -> bool:
        return False if _is_for_the_window(event, self.lineEdit()) else super().event(event)


class SecondsBox(_NumberField, QDoubleSpinBox):
    """A length in seconds."""

    edited = Signal(float)

    def __init__(self) -> None:
        super().__init__()
        self.setRange(SECONDS_MIN, SECONDS_MAX)
        self.setDecimals(2)
        self.setSuffix(" s")
        self.setSingleStep(0.5)
        self.setToolTip("How long the sound is, 0.1 s to 600 s")
        self._burst = _Burst(self, self.edited)

    def show_value(self, seconds: float) -> None:
        self._burst.show(seconds)


class SeedBox(_NumberField, QSpinBox):
    """A seed."""

    edited = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self.setRange(0, _SEED_MAX)
        self.setToolTip("The same seed and sliders give the same sound")
        self._burst = _Burst(self, self.edited)

    def show_value(self, seed: int) -> None:
        self._burst.show(min(seed, _SEED_MAX))


class MinutesBox(_NumberField, QDoubleSpinBox):
    """How long to work."""

    edited = Signal(float)

    def __init__(self) -> None:
        super().__init__()
        self.setRange(_MINUTES_MIN, _MINUTES_MAX)
        self.setDecimals(1)
        self.setSuffix(" min")
        self.setToolTip("How long it learns; you can stop and keep what it has learned at any time")
        self._burst = _Burst(self, self.edited)

    def show_value(self, minutes: float) -> None:
        self._burst.show(minutes)


def _is_for_the_window(event: QEvent, text: QLineEdit) -> bool:
    """Letters and Space mean nothing in a number, and undo nothing where nothing was typed: they stay shortcuts."""
    if event.type() != QEvent.Type.ShortcutOverride or not isinstance(event, QKeyEvent):
        return False
    event.setAccepted(False)
    if event.matches(QKeySequence.StandardKey.Undo):
        return not text.isUndoAvailable()
    if event.matches(QKeySequence.StandardKey.Redo):
        return not text.isRedoAvailable()
    plain = event.modifiers() in (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ShiftModifier)
    return plain and (event.key() == Qt.Key.Key_Space or event.text().isalpha())
