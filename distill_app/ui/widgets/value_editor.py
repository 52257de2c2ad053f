"""Text field that opens over a slider to type its value."""

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from distill_app.ui.style.theme import font
from distill_app.ui.translation import tr


class ValueEditor(QLineEdit):
    """Enter or loss of focus commits the text, Esc discards it; the field then deletes itself."""

    committed = Signal(str)
    """The text, where it differs from the initial one."""

    def __init__(self, parent: QWidget, text: str, select: bool) -> None:
        super().__init__(text, parent)
        self._owner = parent
        self.setProperty("role", "value")
        self.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.setFont(font())
        self.setAccessibleName(tr("Value"))
        self._initial = text if select else None
        self._open = True
        if select:
            self.selectAll()

    def event(self, event: QEvent) -> bool:
        """Claims Esc and Enter from the window's shortcuts."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and _ends_edit(event):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self._close(commit=False)
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._close(commit=True)
        else:
            super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        if event.reason() != Qt.FocusReason.PopupFocusReason:
            self._close(commit=True)

    def _close(self, commit: bool) -> None:
        if not self._open:
            return
        self._open = False
        if commit and self.text() != self._initial:
            self.committed.emit(self.text())
        self._owner.setFocus()
        self.hide()
        self.deleteLater()


def _ends_edit(event: QKeyEvent) -> bool:
    return event.key() in (Qt.Key.Key_Escape, Qt.Key.Key_Return, Qt.Key.Key_Enter)
