"""The window's pages on one grid: a switch over the left column, the rest is the page's."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from PySide6.QtCore import Signal
from PySide6.QtGui import QResizeEvent, QUndoStack
from PySide6.QtWidgets import QButtonGroup, QGridLayout, QHBoxLayout, QStackedWidget, QWidget

from distill_app.ui.style.theme import GRID
from distill_app.ui.widgets.controls import Button, tight
from distill_app.ui.widgets.message_area import MessageArea

_LEFT_SHARE, _LEFT_MIN, _LEFT_MAX = 0.26, 320, 440


def left_column_width(width: int) -> int:
    """Pixels of the left column in a window that is `width` pixels wide."""
    return min(max(round(_LEFT_SHARE * width), _LEFT_MIN), _LEFT_MAX)


class Page(Protocol):
    """What a page gives the window."""

    @property
    def left(self) -> QWidget: ...

    @property
    def right(self) -> QWidget: ...

    @property
    def history(self) -> QUndoStack:
        """What undo takes back while the page shows."""
        ...

    @property
    def messages(self) -> MessageArea:
        """Where messages lie while it shows."""
        ...

    def finish_gestures(self) -> None:
        """Ends what the hand has not quite ended."""
        ...


@dataclass
class _Entry:
    button: Button
    build: Callable[[], Page]
    page: Page | None = None


class Pages(QWidget):
    """A page is built when it is first shown; the first one added shows at once."""

    changed = Signal(str)
    """The title of the page that shows now."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._entries: dict[str, _Entry] = {}
        self._group, self._switch = QButtonGroup(self), tight(QHBoxLayout(), 0)
        self._left, self.right = QStackedWidget(), QStackedWidget()
        self.title = ""
        self._build()

    def _build(self) -> None:
        grid = QGridLayout(self)
        grid.setContentsMargins(2 * GRID, GRID, 2 * GRID, 2 * GRID)
        grid.setHorizontalSpacing(2 * GRID)
        grid.setVerticalSpacing(GRID)
        self._left.setFixedWidth(_LEFT_MIN)
        self._switch.addStretch()
        grid.addLayout(self._switch, 0, 0)
        grid.addWidget(self._left, 1, 0)
        grid.addWidget(self.right, 0, 1, 2, 1)
        grid.setColumnStretch(1, 1)
        grid.setRowStretch(1, 1)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The left column takes its share of a wide window."""
        super().resizeEvent(event)
        self._left.setFixedWidth(left_column_width(self.width()))

    @property
    def page(self) -> Page:
        """The one that shows."""
        page = self._entries[self.title].page
        assert page is not None
        return page

    def add(self, title: str, tip: str, build: Callable[[], Page]) -> None:
        button = Button(title, "segment", tip)
        button.setCheckable(True)
        button.clicked.connect(lambda: self.show_page(title))
        self._group.addButton(button)
        self._switch.insertWidget(len(self._entries), button)
        self._entries[title] = _Entry(button, build)
        if not self.title:
            self.show_page(title)

    def show_page(self, title: str) -> None:
        entry = self._entries[title]
        entry.button.setChecked(True)
        if title == self.title:
            return
        if entry.page is None:
            entry.page = entry.build()
            self._left.addWidget(entry.page.left)
            self.right.addWidget(entry.page.right)
        self.title = title
        self._left.setCurrentWidget(entry.page.left)
        self.right.setCurrentWidget(entry.page.right)
        self.changed.emit(title)
