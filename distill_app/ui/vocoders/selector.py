"""Vocoder selector of the Play page."""

from collections.abc import Iterable

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QWheelEvent
from PySide6.QtWidgets import QWidget

from distill_app.ui.translation import tr
from distill_app.ui.vocoders.format import played_text, short_state, tool_tip
from distill_app.ui.widgets.status_combo_box import ComboEntry, StatusComboBox
from distill_app.vocoders.registry import VocoderEntry

_OPENING_KEYS = (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_Return, Qt.Key.Key_Enter)


class VocoderSelector(StatusComboBox):
    """Combo box of vocoders; `chosen` carries the id of the entry that the user picked, installed or not.

    Keys and the wheel never step through the entries, as each may be a download or a minute of work.
    """

    opened = Signal()
    """Emitted before the list is shown."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(tr("Vocoder"))

    def set_vocoders(self, entries: Iterable[VocoderEntry]) -> None:
        """Replaces the entries, without emitting `chosen`."""
        self.set_entries(_combo_entry(entry) for entry in entries)

    def showPopup(self) -> None:
        self.opened.emit()
        super().showPopup()

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in _OPENING_KEYS:
            self.showPopup()
        else:
            event.ignore()


def _combo_entry(entry: VocoderEntry) -> ComboEntry:
    usable = entry.ready or entry.download_bytes > 0
    return ComboEntry(entry.info.title, entry.info.id, short_state(entry), tool_tip(entry), usable, played_text(entry))
