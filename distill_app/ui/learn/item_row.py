"""One line of a list in the left column: what it is, a fact about it, and what can be done with it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QCheckBox, QFrame, QHBoxLayout, QMenu, QWidget

from distill_app.ui.theme import CONTROL_HEIGHT, GRID, font
from distill_app.ui.widgets.basics import Button, Caption, ElidedLabel, tight


@dataclass(frozen=True)
class Act:
    """Something that can be done with an item: a button where it has an icon, else a line of its menu."""

    text: str
    do: Callable[[], object]
    icon: str = ""


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
    acts: Sequence[Act] = ()


class ItemRow(QFrame):
    """`chosen` by a click or Enter."""

    chosen = Signal()
    check_asked = Signal(bool)

    def __init__(self, item: Item, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.item = item
        self.check, self.label, self.fact = QCheckBox(), ElidedLabel(tone=""), Caption()
        self.buttons = {act.text: _button(act) for act in item.acts if act.icon}
        self.more = Button("", "quiet", f"More for {item.text}", "more")
        self.setProperty("surface", "row")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setFixedHeight(CONTROL_HEIGHT + 4)
        self._build()
        self._fill()

    def _build(self) -> None:
        row = tight(QHBoxLayout(self), GRID // 2)
        row.setContentsMargins(GRID, 0, 2, 0)
        self.label.setFont(font())
        row.addWidget(self.check)
        row.addWidget(self.label, 1)
        row.addWidget(self.fact)
        for button in (*self.buttons.values(), self.more):
            row.addWidget(button)
        self.check.clicked.connect(self.check_asked)

    def _fill(self) -> None:
        item = self.item
        self.label.set_text(item.text)
        self.setToolTip(item.tip)
        self.setAccessibleName(f"{item.text}, {item.fact}" if item.fact else item.text)
        self.fact.setText(item.fact)
        self.fact.setProperty("tone", "caution" if item.caution else "muted")
        self.check.setVisible(item.checked is not None)
        self.check.setChecked(bool(item.checked))
        self.check.setToolTip(item.check_tip)
        self.check.setAccessibleName(f"{item.text}: {item.check_tip}")
        self._fill_menu([act for act in item.acts if not act.icon])

    def _fill_menu(self, acts: Sequence[Act]) -> None:
        self.more.setVisible(bool(acts))
        menu = QMenu(self.more)
        for act in acts:
            menu.addAction(act.text).triggered.connect(lambda _=False, act=act: act.do())
        self.more.setMenu(menu)

    def set_selected(self, selected: bool) -> None:
        self.setProperty("selected", selected)
        self.style().unpolish(self)
        self.style().polish(self)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self.chosen.emit()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self._do_first()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.chosen.emit()
            self._do_first()
        else:
            super().keyPressEvent(event)

    def _do_first(self) -> None:
        if self.item.acts:
            self.item.acts[0].do()


def _button(act: Act) -> Button:
    button = Button("", "quiet", act.text, act.icon)
    button.clicked.connect(lambda: act.do())
    return button
