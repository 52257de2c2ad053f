"""List of hints above the recordings, one line each with up to two buttons."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from distill_app.ui.dialogs.base import plain
from distill_app.ui.style import icons
from distill_app.ui.style.theme import GRID
from distill_app.ui.translation import tr
from distill_app.ui.widgets.controls import Button, tight


@dataclass(frozen=True)
class HintItem:
    """A sentence with the texts and handlers of up to two buttons."""

    sentence: str
    action: str = ""
    act: Callable[[], object] | None = None
    more: str = ""
    more_act: Callable[[], object] | None = None

    def without_actions(self) -> "HintItem":
        """The sentence without buttons."""
        return HintItem(self.sentence)


class HintList(QWidget):
    """Hidden while it is empty."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.hint_rows: list[HintRow] = []
        self._column = tight(QVBoxLayout(self), GRID // 2)
        self.hide()

    def show_hints(self, hints: Sequence[HintItem]) -> None:
        """Shows the hints; creates new rows only where a text has changed."""
        if _texts(hints) != _texts([row.hint for row in self.hint_rows]):
            self._rebuild(hints)
        self.setVisible(bool(hints))

    def _rebuild(self, hints: Sequence[HintItem]) -> None:
        for row in self.hint_rows:
            self._column.removeWidget(row)
            row.hide()
            row.deleteLater()
        self.hint_rows = [HintRow(hint) for hint in hints]
        for row in self.hint_rows:
            self._column.addWidget(row)


class HintRow(QWidget):
    """Caution icon, sentence and buttons of a hint."""

    def __init__(self, hint: HintItem) -> None:
        super().__init__()
        self.hint = hint
        self.sentence = plain(hint.sentence, "muted")
        self.sentence.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        icon = QLabel()
        icon.setPixmap(icons.pixmap("caution", "caution", 16, self.devicePixelRatioF()))
        icon.setAccessibleName(tr("Caution"))
        row = tight(QHBoxLayout(self))
        row.addWidget(icon)
        row.addWidget(self.sentence, 1)
        self.buttons = [_button(text, act) for text, act in _buttons(hint)]
        for button in self.buttons:
            row.addWidget(button)


def _buttons(hint: HintItem) -> list[tuple[str, Callable[[], object]]]:
    pairs = ((hint.action, hint.act), (hint.more, hint.more_act))
    return [(text, act) for text, act in pairs if act is not None]


def _button(text: str, act: Callable[[], object]) -> Button:
    button = Button(text, "inline")
    button.clicked.connect(lambda: act())
    return button


def _texts(hints: Sequence[HintItem]) -> list[tuple[str, str, str]]:
    return [(hint.sentence, hint.action, hint.more) for hint in hints]
