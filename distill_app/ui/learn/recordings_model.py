"""The recordings of a corpus as a table: one row for each file, sorted by any column."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QBrush

from distill_app.ui.theme import color
from distill_app.ui.wording import decibels, length

_Index = QModelIndex | QPersistentModelIndex
_Role = Qt.ItemDataRole


@dataclass(frozen=True)
class Row:
    """One file; None for what is not known, as of a file that cannot be read.

    Args:
        path, name: where it lies, and what it is told by.
        group: the subfolder that it lies in, "" for none: its class.
        level_dbfs: RMS of the whole.
        windows: that could be learned from.
        onsets: sounds that begin in it.
        reason: why nothing can be learned from it, a sentence; "" where it can.
    """

    path: Path
    name: str
    group: str = ""
    seconds: float | None = None
    sample_rate: int | None = None
    channels: int | None = None
    level_dbfs: float | None = None
    windows: int | None = None
    onsets: int | None = None
    reason: str = ""

    @property
    def usable(self) -> bool:
        return not self.reason


@dataclass(frozen=True)
class Column:
    """A column: its title, its words for a row and whether it is learned from, and what it is sorted by."""

    title: str
    words: Callable[[Row, bool], str]
    key: Callable[[Row, bool], Any]
    tip: str = ""
    number: bool = True


def _maybe(value: float | None, words: Callable[[float], str]) -> str:
    return "" if value is None else words(value)


def _number(value: float | None) -> float:
    """What is not known comes first."""
    return float("-inf") if value is None else value


def _state(row: Row, on: bool) -> str:
    return row.reason or ("" if on else "Left out by you")


COLUMNS = (
    Column("Learn", lambda row, on: "", lambda row, on: (on, row.usable), "Whether it is learned from", False),
    Column("Name", lambda row, on: row.name, lambda row, on: row.name.casefold(), number=False),
    Column("Length", lambda row, on: _maybe(row.seconds, length), lambda row, on: _number(row.seconds)),
    Column("Level", lambda row, on: _maybe(row.level_dbfs, decibels), lambda row, on: _number(row.level_dbfs), "RMS"),
    Column(
        "Windows",
        lambda row, on: _maybe(row.windows, "{:,}".format),
        lambda row, on: _number(row.windows),
        "How many stretches of 1.5 s there are to learn from",
    ),
    Column("Onsets", lambda row, on: _maybe(row.onsets, "{:,}".format), lambda row, on: _number(row.onsets)),
    Column("Class", lambda row, on: row.group, lambda row, on: row.group.casefold(), "Its subfolder", False),
    Column("Rate", lambda row, on: _maybe(row.sample_rate, _kilohertz), lambda row, on: _number(row.sample_rate)),
    Column("Ch", lambda row, on: _maybe(row.channels, str), lambda row, on: _number(row.channels), "Channels"),
    Column("State", _state, lambda row, on: _state(row, on).casefold(), number=False),
)


def _kilohertz(rate: float) -> str:
    return f"{rate / 1000:g} kHz"


CHECK, NAME, STATE = 0, 1, len(COLUMNS) - 1


class RecordingsModel(QAbstractTableModel):
    """`set_rows`, `add_rows`; the hand's wish for a file is asked for with `check_asked`."""

    check_asked = Signal(object, bool)
    """Paths, and whether they are to be learned from."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.rows: list[Row] = []
        self.playing: Path | None = None
        self.read_only = False
        self._is_on: Callable[[Path], bool] = lambda path: True
        self._sorted: tuple[int, bool] = (NAME, False)

    # What it shows

    def set_rows(self, rows: Sequence[Row]) -> None:
        self.beginResetModel()
        self.rows = self._in_order(rows)
        self.endResetModel()

    def add_rows(self, rows: Sequence[Row]) -> None:
        """At the end; `settle` puts them in their order."""
        if rows:
            self.beginInsertRows(QModelIndex(), len(self.rows), len(self.rows) + len(rows) - 1)
            self.rows += rows
            self.endInsertRows()

    def settle(self) -> None:
        self.sort(self._sorted[0], _order(self._sorted[1]))

    def show_on(self, is_on: Callable[[Path], bool]) -> None:
        """Which files are learned from, now."""
        self._is_on = is_on
        self._all_changed()

    def show_playing(self, path: Path | None) -> None:
        changed = {self.playing, path} - {None}
        self.playing = path
        for number, row in enumerate(self.rows):
            if row.path in changed:
                self.dataChanged.emit(self.index(number, NAME), self.index(number, NAME))

    def is_on(self, row: Row) -> bool:
        """Whether it is learned from."""
        return row.usable and self._is_on(row.path)

    def row_of(self, path: Path | None) -> int | None:
        return next((number for number, row in enumerate(self.rows) if row.path == path), None)

    def _all_changed(self) -> None:
        if self.rows:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self.rows) - 1, STATE))

    # What the hand asks for

    def toggle(self, rows: Iterable[int]) -> None:
        """All of them off where all are on, else on."""
        usable = [self.rows[number] for number in rows if self.rows[number].usable]
        if usable and not self.read_only:
            self.check_asked.emit([row.path for row in usable], not all(map(self.is_on, usable)))

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        self._sorted = column, order == Qt.SortOrder.DescendingOrder
        self.layoutAboutToBeChanged.emit()
        before = self.persistentIndexList()
        paths = [self.rows[index.row()].path for index in before]
        self.rows = self._in_order(self.rows)
        places = {row.path: number for number, row in enumerate(self.rows)}
        after = [self.index(places[path], index.column()) for path, index in zip(paths, before, strict=True)]
        self.changePersistentIndexList(before, after)
        self.layoutChanged.emit()

    def _in_order(self, rows: Sequence[Row]) -> list[Row]:
        column, descending = self._sorted
        return sorted(rows, key=lambda row: COLUMNS[column].key(row, self.is_on(row)), reverse=descending)

    # What Qt asks for

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(COLUMNS)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = _Role.DisplayRole) -> Any:
        if orientation != Qt.Orientation.Horizontal:
            return None
        if role == _Role.DisplayRole:
            return COLUMNS[section].title
        if role == _Role.ToolTipRole:
            return COLUMNS[section].tip or None
        return _alignment(section) if role == _Role.TextAlignmentRole else None

    def flags(self, index: _Index) -> Qt.ItemFlag:
        flags = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        checkable = index.column() == CHECK and not self.read_only and self.rows[index.row()].usable
        return flags | Qt.ItemFlag.ItemIsUserCheckable if checkable else flags

    def data(self, index: _Index, role: int = _Role.DisplayRole) -> Any:
        row, column = self.rows[index.row()], index.column()
        if role == _Role.DisplayRole:
            return COLUMNS[column].words(row, self._is_on(row.path))
        if role == _Role.ToolTipRole:
            return row.reason or str(row.path)
        if role == _Role.TextAlignmentRole:
            return _alignment(column)
        if role == _Role.ForegroundRole:
            return QBrush(color(self._tone(row, column)))
        if role == _Role.CheckStateRole and column == CHECK and row.usable:
            return Qt.CheckState.Checked if self.is_on(row) else Qt.CheckState.Unchecked
        if role == _Role.AccessibleTextRole and column == CHECK:
            return "Learned from" if self.is_on(row) else "Not learned from"
        return None

    def _tone(self, row: Row, column: int) -> str:
        if row.reason and column == STATE:
            return "caution"
        if not self.is_on(row):
            return "control"
        return "text" if column == NAME else "muted"

    def setData(self, index: _Index, value: Any, role: int = _Role.EditRole) -> bool:
        """The check box: the whole project answers, and with it `show_on`."""
        if role != _Role.CheckStateRole:
            return False
        self.check_asked.emit([self.rows[index.row()].path], Qt.CheckState(value) == Qt.CheckState.Checked)
        return True


def _order(descending: bool) -> Qt.SortOrder:
    return Qt.SortOrder.DescendingOrder if descending else Qt.SortOrder.AscendingOrder


def _alignment(column: int) -> Qt.AlignmentFlag:
    side = Qt.AlignmentFlag.AlignRight if COLUMNS[column].number else Qt.AlignmentFlag.AlignLeft
    return side | Qt.AlignmentFlag.AlignVCenter
