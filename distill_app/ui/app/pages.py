"""Pages of the window on one grid: a page switch above the left column, and the page's two columns."""

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
    """Width of the left column in a window that is `width` pixels wide."""
    return min(max(round(_LEFT_SHARE * width), _LEFT_MIN), _LEFT_MAX)


class Page(Protocol):
    """Interface of a page to the window."""

    @property
    def left(self) -> QWidget: ...

    @property
    def right(self) -> QWidget: ...

    @property
    def history(self) -> QUndoStack:
        """Undo stack that is active while the page is shown."""
        ...

    @property
    def messages(self) -> MessageArea:
        """Area in which messages are shown."""
        ...

    def finish_gestures(self) -> None:
        """Commits gestures that are still under way."""
        ...


@dataclass
class _Entry:
    button: Button
    build: Callable[[], Page]
    page: Page | None = None


class Pages(QWidget):
    """Stack of pages, each built when it is first shown; the first one added is shown at once."""

    changed = Signal(str)
    """Name of the page that is shown now."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._entries: dict[str, _Entry] = {}
        self._group, self._switch = QButtonGroup(self), tight(QHBoxLayout(), 0)
        self._left, self.right = QStackedWidget(), QStackedWidget()
        self.current = ""
        """Name of the page that is shown."""
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
        super().resizeEvent(event)
        self._left.setFixedWidth(left_column_width(self.width()))

    @property
    def page(self) -> Page:
        """The page that is shown."""
        page = self._entries[self.current].page
        assert page is not None
        return page

    def add(self, name: str, title: str, tip: str, build: Callable[[], Page]) -> None:
        """Adds a page.

        Args:
            name: identifier for `show_page`.
            title: text of its button.
        """
        button = Button(title, "segment", tip)
        button.setCheckable(True)
        button.clicked.connect(lambda: self.show_page(name))
        self._group.addButton(button)
        self._switch.insertWidget(len(self._entries), button)
        self._entries[name] = _Entry(button, build)
        if not self.current:
            self.show_page(name)

    def show_page(self, name: str) -> None:
        entry = self._entries[name]
        entry.button.setChecked(True)
        if name == self.current:
            return
        if entry.page is None:
            entry.page = entry.build()
            self._left.addWidget(entry.page.left)
            self.right.addWidget(entry.page.right)
        self.current = name
        self._left.setCurrentWidget(entry.page.left)
        self.right.setCurrentWidget(entry.page.right)
        self.changed.emit(name)
