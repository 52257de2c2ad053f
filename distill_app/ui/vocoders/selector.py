"""The vocoder selector."""

from collections.abc import Iterable

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QWheelEvent
from PySide6.QtWidgets import QWidget

from distill_app.ui.vocoders.format import short_state, tip
from distill_app.ui.widgets.status_combo_box import ComboEntry, StatusComboBox
from distill_app.vocoders.registry import VocoderEntry

_OPENING = (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_Return, Qt.Key.Key_Enter)


class VocoderChoice(StatusComboBox):
    """`chosen` is the id of the entry the hand took, whatever its state.

    Another vocoder may be a download or a minute of work: keys open the list, and nothing passes through its entries.
    """

    opened = Signal()
    """The list is about to show."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Vocoder")

    def set_vocoders(self, entries: Iterable[VocoderEntry]) -> None:
        """Silently."""
        self.set_entries(_entry(entry) for entry in entries)

    def showPopup(self) -> None:
        self.opened.emit()
        super().showPopup()

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in _OPENING:
            self.showPopup()
        else:
            event.ignore()


def _entry(entry: VocoderEntry) -> ComboEntry:
    usable = entry.ready or entry.download_bytes > 0
    return ComboEntry(entry.info.title, entry.info.id, short_state(entry), tip(entry), usable)
