"""Titled list of items in the project card."""

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from distill_app.ui.style.theme import GRID
from distill_app.ui.train.project.item_row import Item, ItemRow
from distill_app.ui.widgets.controls import Button, Caption, tight


class ItemList(QWidget):
    """Shows one row for each item; the focus of a removed row moves to the next row of this list.

    Args:
        title: heading.
        placeholder: text of an empty list.
        add_tip: tool tip of the button that adds an item; "" for no button.
    """

    chosen = Signal(object)
    """Carries the key of an item."""
    check_asked = Signal(object, bool)
    """Carries the key of an item and the wanted state of its check box."""
    add_asked = Signal()

    def __init__(self, title: str, placeholder: str, add_tip: str = "") -> None:
        super().__init__()
        self.rows: list[ItemRow] = []
        self.add = Button("", "quiet", add_tip, "add")
        self._placeholder = Caption(placeholder)
        self._placeholder.setWordWrap(True)
        self._placeholder.setContentsMargins(GRID, 0, 0, 0)
        self._column = tight(QVBoxLayout(self), 0)
        header = tight(QHBoxLayout())
        header.setContentsMargins(GRID, 0, 2, 0)
        header.addWidget(Caption(title), 1)
        header.addWidget(self.add)
        self.add.clicked.connect(self.add_asked)
        self._column.addLayout(header)
        self.add.setVisible(bool(add_tip))
        self._column.addWidget(self._placeholder)

    def show_items(self, items: Sequence[Item], selected: object = None) -> None:
        """Updates the rows; creates new ones only where items were added or removed."""
        if [row.item.key for row in self.rows] != [item.key for item in items]:
            self._rebuild(items)
        for row, item in zip(self.rows, items, strict=True):
            row.show_item(item)
            row.set_selected(selected is not None and item.key == selected)

    def _rebuild(self, items: Sequence[Item]) -> None:
        focused = next((number for number, row in enumerate(self.rows) if row.hasFocus()), None)
        key = None if focused is None else self.rows[focused].item.key
        for row in self.rows:
            self._column.removeWidget(row)
            row.hide()
            row.deleteLater()
        self.rows = [self._row(item) for item in items]
        self._placeholder.setVisible(not items)
        for row in self.rows:
            self._column.addWidget(row)
        if focused is not None:
            self._focus_row(key, focused)

    def _focus_row(self, key: object, number: int) -> None:
        """Focuses the row of an item, else the row at its position; never a row of another list."""
        if not self.rows:
            self.window().setFocus()
            return
        near = self.rows[min(number, len(self.rows) - 1)]
        row = next((row for row in self.rows if row.item.key == key), near)
        row.show()  # the layout would show it later, and a hidden widget takes no focus
        row.setFocus()

    def _row(self, item: Item) -> ItemRow:
        row = ItemRow(item)
        row.chosen.connect(lambda: self.chosen.emit(item.key))
        row.check_asked.connect(lambda on: self.check_asked.emit(item.key, on))
        return row
