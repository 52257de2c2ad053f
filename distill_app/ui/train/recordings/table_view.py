"""Table view of the recordings: column widths, keys, and the mark of the file that plays."""

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QStyledItemDelegate, QStyleOptionViewItem, QTableView

from distill_app.ui.style import icons
from distill_app.ui.style.theme import CONTROL_HEIGHT, GRID, font
from distill_app.ui.train.recordings.columns import CLASS, NAME, STATE
from distill_app.ui.train.recordings.table_model import RecordingsModel
from distill_app.ui.translation import tr
from distill_app.ui.widgets.controls import Caption

_Index = QModelIndex | QPersistentModelIndex
_WIDTHS = (52, 144, 88, 76, 84, 68, 80, 76, 36, 144)
"""Least widths of the columns in pixels; names and states share the remaining width."""
_NAME_SHARE = 0.52
_ICON = 16
_TOGGLE = Qt.Key.Key_X


class RecordingsView(QTableView):
    """Enter plays a recording, X includes or excludes the selected ones, Delete asks to remove them."""

    preview_asked = Signal()
    removal_asked = Signal()
    current_moved = Signal()
    """The user moved to another row."""

    def __init__(self, model: RecordingsModel) -> None:
        super().__init__()
        self.recordings = model
        self.setModel(model)
        self.setItemDelegateForColumn(NAME, _NameDelegate(self))
        self.setFont(font())
        self.setAccessibleName(tr("Recordings"))
        self._set_up()
        self._set_up_header()
        for changed in (model.modelReset, model.rowsInserted):
            changed.connect(self.fit)
        self.doubleClicked.connect(lambda _index: self.preview_asked.emit())

    def _set_up(self) -> None:
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setTabKeyNavigation(False)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setCornerButtonEnabled(False)
        self.verticalHeader().hide()
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.verticalHeader().setDefaultSectionSize(CONTROL_HEIGHT)

    def _set_up_header(self) -> None:
        header = self.horizontalHeader()
        header.setFont(Caption().font())
        header.setHighlightSections(False)
        header.setMinimumSectionSize(5 * GRID)
        for column, width in enumerate(_WIDTHS):
            header.resizeSection(column, width)
        header.moveSection(STATE, NAME + 1)  # beside the name, where it is visible in a narrow window too
        self.setSortingEnabled(True)
        self.sortByColumn(NAME, Qt.SortOrder.AscendingOrder)

    def fit(self) -> None:
        """Hides the class column where there are no classes, and gives names and states the remaining width."""
        self.setColumnHidden(CLASS, not any(row.group for row in self.recordings.rows))
        taken = sum(self.columnWidth(column) for column in range(len(_WIDTHS)) if column not in (NAME, STATE))
        room = self.viewport().width() - taken
        name = max(_WIDTHS[NAME], round(_NAME_SHARE * room))
        self.setColumnWidth(NAME, name)
        self.setColumnWidth(STATE, max(_WIDTHS[STATE], room - name))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.fit()

    @property
    def chosen(self) -> list[int]:
        """Indices of the selected rows, from the top."""
        return sorted(index.row() for index in self.selectionModel().selectedRows())

    def currentChanged(self, current: _Index, previous: _Index) -> None:
        super().currentChanged(current, previous)
        if current.row() != previous.row() and self.hasFocus():
            self.current_moved.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.preview_asked.emit()
        elif event.key() == _TOGGLE and not event.modifiers():
            self.recordings.toggle(self.chosen)
        elif event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.removal_asked.emit()
        else:
            super().keyPressEvent(event)


class _NameDelegate(QStyledItemDelegate):
    """Paints the name, after a play icon where the file plays."""

    def initStyleOption(self, option: QStyleOptionViewItem, index: _Index) -> None:
        super().initStyleOption(option, index)
        option.textElideMode = Qt.TextElideMode.ElideMiddle
        if self._is_playing(index):
            option.decorationSize.setWidth(_ICON + GRID // 2)

    def _is_playing(self, index: _Index) -> bool:
        model = index.model()
        return isinstance(model, RecordingsModel) and model.rows[index.row()].path == model.playing

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        if not self._is_playing(index):
            super().paint(painter, option, index)
            return
        icon = QRect(option.rect.left() + GRID, option.rect.center().y() - _ICON // 2 + 1, _ICON, _ICON)
        moved = QStyleOptionViewItem(option)
        moved.rect = option.rect.adjusted(_ICON + GRID // 2, 0, 0, 0)
        super().paint(painter, moved, index)
        painter.drawPixmap(icon, icons.pixmap("play", "accent", _ICON, painter.device().devicePixelRatioF()))
