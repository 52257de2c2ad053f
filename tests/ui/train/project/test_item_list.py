"""Removal of list rows by the Delete key, and the keyboard focus afterwards."""

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from distill_app.ui.train.project.item_list import ItemList
from distill_app.ui.train.project.item_row import Item, ItemAction


class Lists(QWidget):
    """Two lists whose items can be removed."""

    def __init__(self) -> None:
        super().__init__()
        self.names = {"sets": ["Bells", "Drums"], "models": ["Wood"]}
        self.lists = {title: ItemList(title, "nothing yet") for title in self.names}
        column = QVBoxLayout(self)
        for each in self.lists.values():
            column.addWidget(each)
        self.show_items()

    def show_items(self) -> None:
        for title, names in self.names.items():
            self.lists[title].show_items([Item(name, name, actions=[self._removal(title, name)]) for name in names])

    def _removal(self, title: str, name: str) -> ItemAction:
        def remove() -> None:
            self.names[title].remove(name)
            self.show_items()

        return ItemAction("Remove", remove, removes=True)


@pytest.fixture
def lists(qtbot: QtBot) -> Lists:
    lists = Lists()
    qtbot.addWidget(lists)
    lists.show()
    qtbot.waitExposed(lists)
    lists.activateWindow()
    lists.lists["sets"].rows[0].setFocus()
    return lists


def press_delete() -> None:
    focused = QApplication.focusWidget()
    assert focused is not None
    QTest.keyClick(focused, Qt.Key.Key_Delete)


def test_delete_empties_the_list_that_has_the_focus_and_no_other(lists: Lists) -> None:
    for _ in range(5):
        press_delete()
    assert lists.names == {"sets": [], "models": ["Wood"]}


def test_a_delete_key_that_is_held_down_removes_one_item(lists: Lists) -> None:
    press_delete()
    row = lists.lists["sets"].rows[0]
    assert row.hasFocus()
    held = QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_Delete, Qt.KeyboardModifier.NoModifier, "", autorep=True)
    QApplication.sendEvent(row, held)
    assert lists.names["sets"] == ["Drums"]
