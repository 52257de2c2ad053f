"""Table model of the recordings of a sound set: one row per file, sortable by every column."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QBrush

from distill_app.corpus.survey import SurveyedFile
from distill_app.ui.style.theme import color
from distill_app.ui.train.recordings.columns import CHECK, NAME, STATE, columns, state_text
from distill_app.ui.translation import tr

_Index = QModelIndex | QPersistentModelIndex
_Role = Qt.ItemDataRole


class RecordingsModel(QAbstractTableModel):
    """Rows of a sound set; a click on a check box emits `check_asked` and changes nothing itself."""

    check_asked = Signal(object, bool)
    """Carries paths and whether to include them."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.rows: list[SurveyedFile] = []
        self.columns = columns()
        self.playing: Path | None = None
        self.read_only = False
        self._sorted: tuple[int, bool] = (NAME, False)

    # Rows

    def set_rows(self, rows: Sequence[SurveyedFile]) -> None:
        """Replaces the rows; where the files are unchanged, their order is kept."""
        by_path = {row.path: row for row in rows}
        if len(rows) == len(self.rows) and all(row.path in by_path for row in self.rows):
            self.rows = [by_path[row.path] for row in self.rows]
            self._all_changed()
        else:
            self.beginResetModel()
            self.rows = self._in_order(rows)
            self.endResetModel()

    def add_rows(self, rows: Sequence[SurveyedFile]) -> None:
        """Appends rows unsorted; `sort_again` sorts them."""
        if rows:
            self.beginInsertRows(QModelIndex(), len(self.rows), len(self.rows) + len(rows) - 1)
            self.rows += rows
            self.endInsertRows()

    def sort_again(self) -> None:
        self.sort(self._sorted[0], _order(self._sorted[1]))

    def show_playing(self, path: Path | None) -> None:
        """Marks the file that plays; None for none."""
        changed = {self.playing, path} - {None}
        self.playing = path
        for number, row in enumerate(self.rows):
            if row.path in changed:
                self.dataChanged.emit(self.index(number, NAME), self.index(number, NAME))

    def row_of(self, path: Path | None) -> int | None:
        return next((number for number, row in enumerate(self.rows) if row.path == path), None)

    def _all_changed(self) -> None:
        if self.rows:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self.rows) - 1, STATE))

    # Actions of the user

    def toggle(self, rows: Iterable[int]) -> None:
        """Asks to exclude the rows where all are included, else to include them."""
        usable = [self.rows[number] for number in rows if _is_usable(self.rows[number])]
        if usable and not self.read_only:
            self.check_asked.emit([row.path for row in usable], not all(row.included for row in usable))

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        self._sorted = column, order == Qt.SortOrder.DescendingOrder
        self.layoutAboutToBeChanged.emit()
        before = self.persistentIndexList()
        paths = [self.rows[index.row()].path for index in before]
        self.rows = self._in_order(self.rows)
        numbers = {row.path: number for number, row in enumerate(self.rows)}
        after = [self.index(numbers[path], index.column()) for path, index in zip(paths, before, strict=True)]
        self.changePersistentIndexList(before, after)
        self.layoutChanged.emit()

    def _in_order(self, rows: Sequence[SurveyedFile]) -> list[SurveyedFile]:
        column, descending = self._sorted
        return sorted(rows, key=self.columns[column].key, reverse=descending)

    # QAbstractTableModel

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008 - signature of Qt
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self.columns)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = _Role.DisplayRole) -> Any:
        if orientation != Qt.Orientation.Horizontal:
            return None
        if role == _Role.DisplayRole:
            return self.columns[section].title
        if role == _Role.ToolTipRole:
            return self.columns[section].tip or None
        return self._alignment(section) if role == _Role.TextAlignmentRole else None

    def flags(self, index: _Index) -> Qt.ItemFlag:
        flags = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        checkable = index.column() == CHECK and not self.read_only and _is_usable(self.rows[index.row()])
        return flags | Qt.ItemFlag.ItemIsUserCheckable if checkable else flags

    def data(self, index: _Index, role: int = _Role.DisplayRole) -> Any:
        row, column = self.rows[index.row()], index.column()
        if role == _Role.DisplayRole:
            return self.columns[column].text(row)
        if role == _Role.ToolTipRole:
            return row.reason or (state_text(row) if column == STATE else "") or str(row.path)
        if role == _Role.TextAlignmentRole:
            return self._alignment(column)
        if role == _Role.ForegroundRole:
            return QBrush(color(self._tone(row, column)))
        if role == _Role.CheckStateRole and column == CHECK and _is_usable(row):
            return Qt.CheckState.Checked if row.included else Qt.CheckState.Unchecked
        if role == _Role.AccessibleTextRole and column == CHECK:
            return tr("Included") if row.included else tr("Excluded")
        return None

    def _tone(self, row: SurveyedFile, column: int) -> str:
        if row.reason and column == STATE:
            return "caution"
        if not row.included:
            return "control"
        return "text" if column == NAME else "muted"

    def _alignment(self, column: int) -> Qt.AlignmentFlag:
        side = Qt.AlignmentFlag.AlignRight if self.columns[column].number else Qt.AlignmentFlag.AlignLeft
        return side | Qt.AlignmentFlag.AlignVCenter

    def setData(self, index: _Index, value: Any, role: int = _Role.EditRole) -> bool:
        """Emits `check_asked` for a click on a check box; the document answers with changed rows."""
        if role != _Role.CheckStateRole:
            return False
        self.check_asked.emit([self.rows[index.row()].path], Qt.CheckState(value) == Qt.CheckState.Checked)
        return True


def _is_usable(row: SurveyedFile) -> bool:
    """Whether the user can include or exclude the file."""
    return row.stats is not None and not row.reason


def _order(descending: bool) -> Qt.SortOrder:
    return Qt.SortOrder.DescendingOrder if descending else Qt.SortOrder.AscendingOrder
