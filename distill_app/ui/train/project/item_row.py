"""Row of a list in the project card: a name, a fact, and actions."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QCheckBox, QFrame, QHBoxLayout, QMenu, QWidget

from distill_app.ui.style.theme import CONTROL_HEIGHT, GRID, font
from distill_app.ui.translation import tr
from distill_app.ui.widgets.controls import Button, Caption, ElidedLabel, restyle, tight


@dataclass(frozen=True)
class ItemAction:
    """Action on an item: a button where it has an icon, else an entry of the row's menu.

    Args:
        removes: whether the Delete key triggers it.
    """

    text: str
    run: Callable[[], object]
    icon: str = ""
    removes: bool = False


@dataclass(frozen=True)
class Item:
    """Content of a row.

    Args:
        key: identity of the item, constant while its content changes.
        text, fact: texts at the left and at the right.
        tip: tool tip.
        checked: state of the check box; None for no check box.
        check_tip: meaning of the check box.
        caution: whether the fact needs attention.
        actions: Enter and a double click trigger the first one.
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
    """Row of one item; Delete removes the item where it has such an action."""

    chosen = Signal()
    """The user clicked the row or pressed Enter."""
    check_asked = Signal(bool)
    """Carries the wanted state of the check box."""

    def __init__(self, item: Item, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.item = item
        self.check, self.label, self.fact = QCheckBox(), ElidedLabel(tone=""), Caption()
        self.buttons: dict[str, Button] = {}
        self.more = Button("", "quiet", tr("More"), "more")
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
        row.setContentsMargins(GRID - 1, 0, 2, 0)  # plus a frame of 1 px
        self.label.setFont(font())
        row.addWidget(self.check)
        row.addWidget(self.label, 1)
        row.addWidget(self.fact)
        row.addLayout(self._buttons)
        row.addWidget(self.more)
        self.more.setMenu(self._menu)
        self.check.clicked.connect(self.check_asked)

    def show_item(self, item: Item) -> None:
        """Shows new content of the item."""
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
        """Creates buttons and menu entries; their actions are looked up when they are triggered."""
        for button in self.buttons.values():
            self._buttons.removeWidget(button)
            button.deleteLater()
        self.buttons = {action.text: self._button(action) for action in self.item.actions if action.icon}
        self._menu.clear()
        for action in self.item.actions:
            if not action.icon:
                self._menu.addAction(action.text).triggered.connect(partial(self._run, action.text))
        self.more.setVisible(not self._menu.isEmpty())
        self.more.setAccessibleName(tr("More for {name}").format(name=self.item.text))

    def _button(self, action: ItemAction) -> Button:
        button = Button("", "quiet", action.text, action.icon)
        button.clicked.connect(partial(self._run, action.text))
        self._buttons.addWidget(button)
        return button

    def _run(self, text: str) -> None:
        next(action for action in self.item.actions if action.text == text).run()

    def set_selected(self, selected: bool) -> None:
        if selected != self.property("selected"):
            self.setProperty("selected", selected)
            restyle(self)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self.chosen.emit()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self._run_first()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.chosen.emit()
            self._run_first()
        elif event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            if not event.isAutoRepeat():  # holding the key down would empty the list
                self._remove()
        else:
            super().keyPressEvent(event)

    def _remove(self) -> None:
        for action in [action for action in self.item.actions if action.removes]:
            action.run()

    def _run_first(self) -> None:
        if self.item.actions:
            self.item.actions[0].run()


def _names(actions: Sequence[ItemAction]) -> list[tuple[str, str]]:
    return [(action.text, action.icon) for action in actions]
