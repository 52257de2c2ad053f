"""Choices and number fields that leave the wheel to the panel and the letters to the shortcuts."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QLocale, QObject, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QKeySequence, QValidator, QWheelEvent
from PySide6.QtWidgets import QAbstractSpinBox, QComboBox, QDoubleSpinBox, QLineEdit, QWidget

from distill_app.ui.common.timers import timer
from distill_app.ui.style.theme import GRID, font
from distill_app.ui.widgets.field_hint import hide_hint, show_hint
from distill_app.ui.widgets.typed_number import NumberRange

if TYPE_CHECKING:  # what the mixin below is mixed into
    _Widget = QWidget
else:
    _Widget = object

_BURST_MS = 400


class _WheelWhereFocused(_Widget):
    """Elsewhere the wheel scrolls the panel."""

    def wheelEvent(self, event: QWheelEvent) -> None:
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()


class ComboBox(_WheelWhereFocused, QComboBox):
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


class NumberField(_WheelWhereFocused, QDoubleSpinBox):
    """A number field that reads numbers itself: Qt's own reading drops a comma.

    A decimal comma is as good as a point whatever the locale, a number beyond the range is brought into it with a hint
    that says so, one click selects the whole number, and quick steps are one edit.

    Args:
        low, high: the range.
        decimals: digits behind the point; with 0 the field takes whole numbers alone.
        unit: written behind the number.
    """

    def __init__(self, low: float, high: float, decimals: int, unit: str, tip: str) -> None:
        super().__init__()
        self._takes = NumberRange(low, high, self._written, (unit,) if unit else (), whole=not decimals)
        self.setDecimals(decimals)
        self.setRange(low, high)
        self.setSuffix(f" {unit}" if unit else "")
        self.setToolTip(tip)
        self._shown = self.value()
        self._selects = False  # whether the next click selects: it is the first since the field got its focus
        self._burst = timer(self, _BURST_MS, self.finish_edit, single_shot=True)
        self._set_up()

    def _set_up(self) -> None:
        self.setKeyboardTracking(False)
        self.setFont(font())
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setLocale(QLocale.c())
        self.setCorrectionMode(QAbstractSpinBox.CorrectionMode.CorrectToPreviousValue)
        self.lineEdit().setTextMargins(GRID, 0, 0, 0)
        self.lineEdit().installEventFilter(self)
        self.lineEdit().textEdited.connect(self._on_text_edited)
        self.valueChanged.connect(lambda: self._burst.start())
        self.editingFinished.connect(self.finish_edit)

    def _edited(self, value: float) -> None:
        """Called once for each edit, with the new value."""
        raise NotImplementedError

    def show_value(self, value: float) -> None:
        """Set the displayed value without emitting a signal."""
        self._burst.stop()
        blocked = self.blockSignals(True)
        self.setValue(value)
        self.blockSignals(blocked)
        self._shown = self.value()

    def finish_edit(self) -> None:
        """Ends a burst of steps now."""
        self._burst.stop()
        if self.value() != self._shown:
            self._shown = self.value()
            self._edited(self._shown)

    # What is typed

    def _on_text_edited(self) -> None:
        self._selects = False
        hide_hint(self)

    def _written(self, value: float) -> str:
        return f"{self.textFromValue(value)}{self.suffix()}"

    def validate(self, text: str, position: int) -> tuple[QValidator.State, str, int]:
        """Accept text that may yet become a number as intermediate; `fixup` corrects it when editing ends."""
        typed = self._takes.read(text)
        if typed.value is not None and not typed.hint:
            state = QValidator.State.Acceptable
        elif any(letter.isalpha() for letter in text.removesuffix(self.suffix())):
            state = QValidator.State.Invalid
        else:
            state = QValidator.State.Intermediate
        return state, text, position

    def valueFromText(self, text: str) -> float:
        value = self._takes.read(text).value
        return self.value() if value is None else value

    def fixup(self, text: str) -> str:
        """Brings a number into the range, and says so; what is no number gives way to the value before."""
        typed = self._takes.read(text)
        if typed.hint:
            show_hint(self, typed.hint)
        return text if typed.value is None else self._written(typed.value)

    # The mouse and the keys

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self._selects = True

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """One click is enough to type another number, and a double click selects no part of it, as its unit."""
        if event.type() == QEvent.Type.MouseButtonDblClick:
            self.lineEdit().selectAll()
            return True
        if event.type() == QEvent.Type.MouseButtonRelease and self._selects:
            self._selects = False
            if not self.lineEdit().hasSelectedText():
                self.lineEdit().selectAll()
        return super().eventFilter(watched, event)

    def event(self, event: QEvent) -> bool:
        return False if _is_for_the_window(event, self.lineEdit()) else super().event(event)


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
