"""One line of a list in the left column: what it is, a fact about it, and what can be done with it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QCheckBox, QFrame, QHBoxLayout, QMenu, QWidget

from distill_app.ui.style.theme import CONTROL_HEIGHT, GRID, font
from distill_app.ui.widgets.controls import Button, Caption, ElidedLabel, restyle, tight


@dataclass(frozen=True)
class ItemAction:
    """Something that can be done with an item: a button where it has an icon, else a line of its menu.

    Args:
        removes: whether the Delete key asks for it.
    """

    text: str
    do: Callable[[], object]
    icon: str = ""
    removes: bool = False


@dataclass(frozen=True)
class Item:
    """What a row shows.

    Args:
        key: what it stands for, the same after each change.
        text, fact: at the left and at the right.
        tip: more, where the pointer rests on it.
        checked: of its check box; None for none.
        check_tip: what the check box decides.
        caution: whether the fact is one to be seen to.
        acts: the first one is also done by Enter and a double click.
    """

    key: object
    text: str
    fact: str = ""
    tip: str = ""
    checked: bool | None = None
    check_tip: str = ""
    caution: bool = False
    actions: Sequence[ItemAction] = ()


class ItemRow(QFrame):
    """`chosen` by a click or Enter; Delete takes the item away where that can be."""

    chosen = Signal()
    check_asked = Signal(bool)

    def __init__(self, item: Item, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.item = item
        self.check, self.label, self.fact = QCheckBox(), ElidedLabel(tone=""), Caption()
        self.buttons: dict[str, Button] = {}
        self.more = Button("", "quiet", "More", "more")
        self._buttons = tight(QHBoxLayout(), 0)
        self._menu = QMenu(self.more)
        self.setProperty("surface", "row")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setFixedHeight(CONTROL_HEIGHT + 4)
        self._build()
        self._show_actions()
        self._fill()

    def _build(self) -> None:
        row = tight(QHBoxLayout(self), GRID // 2)
        row.setContentsMargins(GRID - 1, 0, 2, 0)  # and a frame of 1 px
        self.label.setFont(font())
        row.addWidget(self.check)
        row.addWidget(self.label, 1)
        row.addWidget(self.fact)
        row.addLayout(self._buttons)
        row.addWidget(self.more)
        self.more.setMenu(self._menu)
        self.check.clicked.connect(self.check_asked)

    def show_item(self, item: Item) -> None:
        """The same thing as it is now, silently."""
        before, self.item = self.item, item
        if _names(before.actions) != _names(item.actions):
            self._show_actions()
        self._fill()

    def _fill(self) -> None:
        item = self.item
        self.label.set_text(item.text)
        self.setToolTip(item.tip)
        self.setAccessibleName(f"{item.text}, {item.fact}" if item.fact else item.text)
        self.fact.setText(item.fact)
        self.fact.setProperty("tone", "caution" if item.caution else "muted")
        restyle(self.fact)
        self.check.setVisible(item.checked is not None)
        self.check.setChecked(bool(item.checked))
        self.check.setToolTip(item.check_tip)
        self.check.setAccessibleName(f"{item.text}: {item.check_tip}")

    def _show_actions(self) -> None:
        """A button or a line for each; what it does is looked up when it is pressed."""
        for button in self.buttons.values():
            self._buttons.removeWidget(button)
            button.deleteLater()
        self.buttons = {act.text: self._button(act) for act in self.item.actions if act.icon}
        self._menu.clear()
        for act in self.item.actions:
            if not act.icon:
                self._menu.addAction(act.text).triggered.connect(partial(self._do, act.text))
        self.more.setVisible(not self._menu.isEmpty())
        self.more.setAccessibleName(f"More for {self.item.text}")

    def _button(self, act: ItemAction) -> Button:
        button = Button("", "quiet", act.text, act.icon)
        button.clicked.connect(partial(self._do, act.text))
        self._buttons.addWidget(button)
        return button

    def _do(self, text: str) -> None:
        next(act for act in self.item.actions if act.text == text).do()

    def set_selected(self, selected: bool) -> None:
        if selected != self.property("selected"):
            self.setProperty("selected", selected)
            restyle(self)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self.chosen.emit()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self._do_first()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.chosen.emit()
            self._do_first()
        elif event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            if not event.isAutoRepeat():  # a key held down would empty the list
                self._remove()
        else:
            super().keyPressEvent(event)

    def _remove(self) -> None:
        for act in [act for act in self.item.actions if act.removes]:
            act.do()

    def _do_first(self) -> None:
        if self.item.actions:
            self.item.actions[0].do()


def _names(actions: Sequence[ItemAction]) -> list[tuple[str, str]]:
    return [(act.text, act.icon) for act in actions]
