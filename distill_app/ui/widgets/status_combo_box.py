"""Combo box whose entries show a state at the right; entries that cannot be chosen are grey."""

from collections.abc import Iterable
from dataclasses import dataclass

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent, QStandardItem, QStandardItemModel
from PySide6.QtWidgets import QStyledItemDelegate, QStyleOptionViewItem, QWidget

from distill_app.ui.style.theme import GRID, caption_font, color, font
from distill_app.ui.widgets.input_fields import ComboBox

_ROW, _EDGE, _GAP = 32, 12, 3 * GRID
_ARROW = 32
_STATE, _NOTE = (int(Qt.ItemDataRole.UserRole) + number for number in (1, 2))
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter

_Index = QModelIndex | QPersistentModelIndex


@dataclass(frozen=True)
class ComboEntry:
    """One entry of a `StatusComboBox`.

    Args:
        text: name of the entry.
        data: value that `chosen` carries.
        state: one or two words, shown at the right.
        tip: tool tip.
        usable: whether the entry can be chosen.
        note: shown at the right of the closed box while the entry is chosen.
    """

    text: str
    data: object
    state: str = ""
    tip: str = ""
    usable: bool = True
    note: str = ""


class StatusComboBox(ComboBox):
    """A combo box that is filled with `ComboEntry` values."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._listed: tuple[ComboEntry, ...] = ()
        self._entries = QStandardItemModel(self)
        self._delegate = _StateDelegate(self)
        self.setModel(self._entries)
        self.view().setItemDelegate(self._delegate)

    def set_entries(self, entries: Iterable[ComboEntry]) -> None:
        """Replaces the entries without a signal; keeps the current entry, and an open list if nothing changes."""
        wanted, shown = tuple(entries), self.currentData()
        if wanted == self._listed:
            return
        self._listed = wanted
        self._entries.clear()
        for entry in wanted:
            self._entries.appendRow(_item(entry))
        self.show_data(shown)
        self.view().setMinimumWidth(self._delegate.widest(self._entries))

    @property
    def note(self) -> str:
        """Note of the chosen entry."""
        return str(self.currentData(_NOTE) or "")

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        painter = QPainter(self)
        painter.setFont(caption_font())
        painter.setPen(color("muted" if self.isEnabled() else "control"))
        painter.drawText(self.rect().adjusted(0, 0, -_ARROW, 0), _RIGHT, self.note)
        painter.end()


def _item(entry: ComboEntry) -> QStandardItem:
    item = QStandardItem(entry.text)
    item.setData(entry.data, Qt.ItemDataRole.UserRole)
    item.setData(entry.state, _STATE)
    item.setData(entry.note, _NOTE)
    item.setData(f"{entry.text}, {entry.state}" if entry.state else entry.text, Qt.ItemDataRole.AccessibleTextRole)
    item.setToolTip(entry.tip)
    if not entry.usable:
        item.setFlags(Qt.ItemFlag.NoItemFlags)
    return item


class _StateDelegate(QStyledItemDelegate):
    """Paints the text like the style does, and the state small and muted at the right."""

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
        rect: QRect = option.rect.adjusted(_EDGE, 0, -_EDGE, 0)
        painter.drawText(rect, _RIGHT, str(index.data(_STATE)))
        painter.restore()

    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:
        return QSize(self._width(index), _ROW)

    def widest(self, model: QStandardItemModel) -> int:
        """Width of the widest row with its margins, in pixels."""
        return max((self._width(model.index(row, 0)) for row in range(model.rowCount())), default=0) + 2 * GRID

    def _width(self, index: _Index) -> int:
        text = QFontMetrics(font()).horizontalAdvance(str(index.data()))
        return 2 * _EDGE + text + _GAP + _width(str(index.data(_STATE)))


def _width(state: str) -> int:
    return QFontMetrics(caption_font()).horizontalAdvance(state)
