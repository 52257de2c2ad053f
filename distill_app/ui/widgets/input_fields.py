"""Combo box and number field that ignore the wheel without focus and leave letter keys to the shortcuts."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QLocale, QObject, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QKeySequence, QValidator, QWheelEvent
from PySide6.QtWidgets import QAbstractSpinBox, QComboBox, QDoubleSpinBox, QLineEdit, QWidget

from distill_app.ui.common.timers import timer
from distill_app.ui.style.theme import GRID, font
from distill_app.ui.widgets.field_hint import hide_hint, show_hint
from distill_app.ui.widgets.typed_number import NumberRange

if TYPE_CHECKING:  # base class of the mixin below
    _Widget = QWidget
else:
    _Widget = object

_BURST_MS = 400


class _WheelWithFocusOnly(_Widget):
    """Mixin that ignores the wheel without focus, so that it scrolls the panel."""

    def wheelEvent(self, event: QWheelEvent) -> None:
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()


class ComboBox(_WheelWithFocusOnly, QComboBox):
    """A combo box whose signal carries the data of the entry."""

    chosen = Signal(object)
    """Data of the entry that the user chose."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFont(font())
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(8)
        self.activated.connect(lambda index: self.chosen.emit(self.itemData(index)))

    def show_data(self, data: object) -> None:
        """Selects the entry with this data without emitting a signal."""
        for index in range(self.count()):
            if self.itemData(index) == data:
                self.setCurrentIndex(index)
                return


class NumberField(_WheelWithFocusOnly, QDoubleSpinBox):
    """A number field that accepts a decimal comma or point in every locale; Qt's own parser drops a comma.

    A number outside the range is clamped and a hint says so. One click selects the whole number. Steps that follow
    each other within 400 ms are one edit.

    Args:
        low, high: the range.
        decimals: digits after the point; with 0 the field accepts whole numbers only.
        unit: shown after the number.
    """

    def __init__(self, low: float, high: float, decimals: int, unit: str, tip: str) -> None:
        super().__init__()
        self._range = NumberRange(low, high, self._format, (unit,) if unit else (), whole=not decimals)
        self.setDecimals(decimals)
        self.setRange(low, high)
        self.setSuffix(f" {unit}" if unit else "")
        self.setToolTip(tip)
        self._shown = self.value()
        self._selects_all = False
        """Whether the next click selects the text: it is the first one since the field got the focus."""
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

    def _on_edited(self, value: float) -> None:
        """Handles one finished edit."""
        raise NotImplementedError

    def show_value(self, value: float) -> None:
        """Sets the value without emitting a signal."""
        self._burst.stop()
        blocked = self.blockSignals(True)
        self.setValue(value)
        self.blockSignals(blocked)
        self._shown = self.value()

    def finish_edit(self) -> None:
        """Ends a series of quick steps now."""
        self._burst.stop()
        if self.value() != self._shown:
            self._shown = self.value()
            self._on_edited(self._shown)

    # Parsing

    def _on_text_edited(self) -> None:
        self._selects_all = False
        hide_hint(self)

    def _format(self, value: float) -> str:
        return f"{self.textFromValue(value)}{self.suffix()}"

    def validate(self, text: str, position: int) -> tuple[QValidator.State, str, int]:
        """Accepts text that may yet become a number as intermediate; `fixup` corrects it when editing ends."""
        typed = self._range.read(text)
        if typed.value is not None and not typed.hint:
            state = QValidator.State.Acceptable
        elif any(letter.isalpha() for letter in text.removesuffix(self.suffix())):
            state = QValidator.State.Invalid
        else:
            state = QValidator.State.Intermediate
        return state, text, position

    def valueFromText(self, text: str) -> float:
        value = self._range.read(text).value
        return self.value() if value is None else value

    def fixup(self, text: str) -> str:
        """Clamps a number into the range with a hint; other text is replaced by the previous value."""
        typed = self._range.read(text)
        if typed.hint:
            show_hint(self, typed.hint)
        return text if typed.value is None else self._format(typed.value)

    # Mouse and keyboard

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self._selects_all = True

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Selects the whole text at the first click, and at a double click instead of one word."""
        if event.type() == QEvent.Type.MouseButtonDblClick:
            self.lineEdit().selectAll()
            return True
        if event.type() == QEvent.Type.MouseButtonRelease and self._selects_all:
            self._selects_all = False
            if not self.lineEdit().hasSelectedText():
                self.lineEdit().selectAll()
        return super().eventFilter(watched, event)

    def event(self, event: QEvent) -> bool:
        return False if _is_window_shortcut(event, self.lineEdit()) else super().event(event)


def _is_window_shortcut(event: QEvent, text: QLineEdit) -> bool:
    """Whether a key is left to the window: letters, Space, and undo or redo where nothing was typed."""
    if event.type() != QEvent.Type.ShortcutOverride or not isinstance(event, QKeyEvent):
        return False
    event.setAccepted(False)
    if event.matches(QKeySequence.StandardKey.Undo):
        return not text.isUndoAvailable()
    if event.matches(QKeySequence.StandardKey.Redo):
        return not text.isRedoAvailable()
    plain = event.modifiers() in (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ShiftModifier)
    return plain and (event.key() == Qt.Key.Key_Space or event.text().isalpha())
