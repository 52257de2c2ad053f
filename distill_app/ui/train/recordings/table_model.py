"""The recordings of a corpus as a table: one row for each file, sorted by any column."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QBrush

from distill_app.corpus.sound_stats import SoundStats
from distill_app.corpus.survey import WINDOW_SECONDS, SurveyedFile
from distill_app.ui.style.format import decibels, length
from distill_app.ui.style.theme import color

_Index = QModelIndex | QPersistentModelIndex
_Role = Qt.ItemDataRole


@dataclass(frozen=True)
class Column:
    """A column: its title, its words for a row, and what it is sorted by."""

    title: str
    words: Callable[[SurveyedFile], str]
    key: Callable[[SurveyedFile], Any]
    tip: str = ""
    number: bool = True


def _measured(title: str, value: Callable[[SoundStats], float], words: Callable[[float], str], tip: str = "") -> Column:
    """A column of facts; what is not known is empty and comes first."""
    return Column(
        title,
        lambda row: "" if row.facts is None else words(value(row.facts)),
        lambda row: float("-inf") if row.facts is None else value(row.facts),
        tip,
    )


def _state(row: SurveyedFile) -> str:
    """The reason without the file's name, which stands beside it, or what is used of the file."""
    if row.excluded and not row.reason:
        return "Left out by you"
    used = "" if row.facts is None else row.facts.missing or row.facts.channels_used
    words = (row.reason or used).removeprefix(f"“{row.path.name}” ")
    return words[:1].upper() + words[1:]


_WINDOWS_TIP = f"How many stretches of {WINDOW_SECONDS:.1f} s there are to learn from"

COLUMNS = (
    Column("Learn", lambda row: "", lambda row: (row.learned, not row.reason), "Whether it is learned from", False),
    Column("Name", lambda row: row.path.name, lambda row: row.path.name.casefold(), number=False),
    _measured("Length", lambda facts: facts.seconds, length),
    _measured("Level", lambda facts: facts.level_dbfs, decibels, "RMS of the whole, re full scale"),
    Column("Windows", lambda row: f"{row.windows:,}" if row.windows else "", lambda row: row.windows, _WINDOWS_TIP),
    _measured("Onsets", lambda facts: facts.onsets, "{:,.0f}".format, "How many sounds begin in it"),
    Column("Class", lambda row: row.group, lambda row: row.group.casefold(), "The subfolder that it lies in", False),
    _measured("Rate", lambda facts: facts.sample_rate, lambda rate: f"{rate / 1000:g} kHz"),
    _measured("Ch", lambda facts: facts.channels, "{:.0f}".format, "Channels"),
    Column(
        "State",
        _state,
        lambda row: _state(row).casefold(),
        "Why it is not learned from, or what is learned of its channels",
        False,
    ),
)

CHECK, NAME, CLASS, STATE = 0, 1, 6, len(COLUMNS) - 1


class RecordingsModel(QAbstractTableModel):
    """`set_rows`, `add_rows`; the hand's wish for a file is asked for with `check_asked`."""

    check_asked = Signal(object, bool)
    """Paths, and whether they are to be learned from."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.rows: list[SurveyedFile] = []
        self.playing: Path | None = None
        self.read_only = False
        self._sorted: tuple[int, bool] = (NAME, False)

    # What it shows

    def set_rows(self, rows: Sequence[SurveyedFile]) -> None:
        """Other files, in their order; the same files as they are now stay where they are."""
        now = {row.path: row for row in rows}
        if len(rows) == len(self.rows) and all(row.path in now for row in self.rows):
            self.rows = [now[row.path] for row in self.rows]
            self._all_changed()
        else:
            self.beginResetModel()
            self.rows = self._in_order(rows)
            self.endResetModel()

    def add_rows(self, rows: Sequence[SurveyedFile]) -> None:
        """At the end; `settle` puts them in their order."""
        if rows:
            self.beginInsertRows(QModelIndex(), len(self.rows), len(self.rows) + len(rows) - 1)
            self.rows += rows
            self.endInsertRows()

    def settle(self) -> None:
        self.sort(self._sorted[0], _order(self._sorted[1]))

    def show_playing(self, path: Path | None) -> None:
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

    # What the hand asks for

    def toggle(self, rows: Iterable[int]) -> None:
        """All of them off where all are on, else on."""
        usable = [self.rows[number] for number in rows if _is_usable(self.rows[number])]
        if usable and not self.read_only:
            self.check_asked.emit([row.path for row in usable], not all(row.learned for row in usable))

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

    def _in_order(self, rows: Sequence[SurveyedFile]) -> list[SurveyedFile]:
        column, descending = self._sorted
        return sorted(rows, key=COLUMNS[column].key, reverse=descending)

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
        checkable = index.column() == CHECK and not self.read_only and _is_usable(self.rows[index.row()])
        return flags | Qt.ItemFlag.ItemIsUserCheckable if checkable else flags

    def data(self, index: _Index, role: int = _Role.DisplayRole) -> Any:
        row, column = self.rows[index.row()], index.column()
        if role == _Role.DisplayRole:
            return COLUMNS[column].words(row)
        if role == _Role.ToolTipRole:
            return row.reason or (_state(row) if column == STATE else "") or str(row.path)
        if role == _Role.TextAlignmentRole:
            return _alignment(column)
        if role == _Role.ForegroundRole:
            return QBrush(color(self._tone(row, column)))
        if role == _Role.CheckStateRole and column == CHECK and _is_usable(row):
            return Qt.CheckState.Checked if row.learned else Qt.CheckState.Unchecked
        if role == _Role.AccessibleTextRole and column == CHECK:
            return "Learned from" if row.learned else "Not learned from"
        return None

    def _tone(self, row: SurveyedFile, column: int) -> str:
        if row.reason and column == STATE:
            return "caution"
        if not row.learned:
            return "control"
        return "text" if column == NAME else "muted"

    def setData(self, index: _Index, value: Any, role: int = _Role.EditRole) -> bool:
        """The check box: the project answers with other rows."""
        if role != _Role.CheckStateRole:
            return False
        self.check_asked.emit([self.rows[index.row()].path], Qt.CheckState(value) == Qt.CheckState.Checked)
        return True


def _is_usable(row: SurveyedFile) -> bool:
    """Whether it is the person's to say if it is learned from."""
    return row.facts is not None and not row.reason


def _order(descending: bool) -> Qt.SortOrder:
    return Qt.SortOrder.DescendingOrder if descending else Qt.SortOrder.AscendingOrder


def _alignment(column: int) -> Qt.AlignmentFlag:
    side = Qt.AlignmentFlag.AlignRight if COLUMNS[column].number else Qt.AlignmentFlag.AlignLeft
    return side | Qt.AlignmentFlag.AlignVCenter
