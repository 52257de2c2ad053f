"""The vocoder selector: each entry with its state at the right, those that cannot be used grey."""

from collections.abc import Iterable

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QFontMetrics, QKeyEvent, QPainter, QStandardItem, QStandardItemModel, QWheelEvent
from PySide6.QtWidgets import QStyledItemDelegate, QStyleOptionViewItem, QWidget

from distill_app.ui.theme import GRID, caption_font, color, font
from distill_app.ui.vocoder_words import short_state, tip
from distill_app.ui.widgets.inputs import Choice
from distill_app.vocoders.catalogue import Listing

_ROW, _EDGE, _GAP = 32, 12, 3 * GRID
_STATE = int(Qt.ItemDataRole.UserRole) + 1
_OPENING = (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_Return, Qt.Key.Key_Enter)

_Index = QModelIndex | QPersistentModelIndex


class VocoderChoice(Choice):
    """`chosen` is the id of the entry the hand took, whatever its state.

    Another vocoder may be a download or a minute of work: keys and wheel open the list and never pass through entries.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Vocoder")
        self._entries = QStandardItemModel(self)
        self.setModel(self._entries)
        self._delegate = _StateDelegate(self)
        self.view().setItemDelegate(self._delegate)

    def set_listings(self, listings: Iterable[Listing]) -> None:
        """Replaces the entries, silently; the one shown stays where it still is."""
        shown = self.currentData()
        self._entries.clear()
        for listing in listings:
            self._entries.appendRow(_item(listing))
        self.show_data(shown)
        self.view().setMinimumWidth(self._delegate.widest(self._entries))

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in _OPENING:
            self.showPopup()
        else:
            event.ignore()


def _item(listing: Listing) -> QStandardItem:
    item = QStandardItem(listing.info.title)
    item.setData(listing.info.id, Qt.ItemDataRole.UserRole)
    item.setData(short_state(listing), _STATE)
    item.setToolTip(tip(listing))
    item.setData(f"{listing.info.title}, {short_state(listing)}", Qt.ItemDataRole.AccessibleTextRole)
    if not listing.ready and not listing.download_bytes:
        item.setFlags(Qt.ItemFlag.NoItemFlags)
    return item


class _StateDelegate(QStyledItemDelegate):
    """The title as the style draws it, the state small and muted at the right."""

    def initStyleOption(self, option: QStyleOptionViewItem, index: _Index) -> None:
        super().initStyleOption(option, index)
        room = option.rect.width() - 2 * _EDGE - _GAP - _width(str(index.data(_STATE)))
        option.text = QFontMetrics(option.font).elidedText(option.text, Qt.TextElideMode.ElideRight, room)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        super().paint(painter, option, index)
        usable = bool(index.flags() & Qt.ItemFlag.ItemIsEnabled)
        painter.save()
        painter.setFont(caption_font())
        painter.setPen(color("muted" if usable else "control"))
        place: QRect = option.rect.adjusted(_EDGE, 0, -_EDGE, 0)
        painter.drawText(place, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, str(index.data(_STATE)))
        painter.restore()

    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:
        return QSize(self._width(index), _ROW)

    def widest(self, model: QStandardItemModel) -> int:
        """Of all the rows, with what lies around them."""
        return max((self._width(model.index(row, 0)) for row in range(model.rowCount())), default=0) + GRID + 2

    def _width(self, index: _Index) -> int:
        title = QFontMetrics(font()).horizontalAdvance(str(index.data()))
        return 2 * _EDGE + title + _GAP + _width(str(index.data(_STATE)))


def _width(state: str) -> int:
    return QFontMetrics(caption_font()).horizontalAdvance(state)
