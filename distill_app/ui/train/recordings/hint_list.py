"""Words that help, over a list: one calm line each, with at most one thing to do about it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from distill_app.ui.dialogs.base import plain
from distill_app.ui.style import icons
from distill_app.ui.style.theme import GRID
from distill_app.ui.widgets.controls import Button, tight


@dataclass(frozen=True)
class HintItem:
    """A sentence, and what its button does, if it has one."""

    sentence: str
    action: str = ""
    act: Callable[[], object] | None = None
    more: str = ""
    more_act: Callable[[], object] | None = None

    def without_actions(self) -> "HintItem":
        """To be read alone."""
        return HintItem(self.sentence)


class HintList(QWidget):
    """Hidden where there is nothing to say."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.lines: list[HintRow] = []
        self._column = tight(QVBoxLayout(self), GRID // 2)
        self.hide()

    def show_hints(self, hints: Sequence[HintItem]) -> None:
        """The lines stay as they are where nothing is new."""
        if _words(hints) != _words([line.hint for line in self.lines]):
            self._renew(hints)
        self.setVisible(bool(hints))

    def _renew(self, hints: Sequence[HintItem]) -> None:
        for line in self.lines:
            self._column.removeWidget(line)
            line.hide()
            line.deleteLater()
        self.lines = [HintRow(hint) for hint in hints]
        for line in self.lines:
            self._column.addWidget(line)


class HintRow(QWidget):
    """A sign of caution, the sentence, its buttons."""

    def __init__(self, hint: HintItem) -> None:
        super().__init__()
        self.hint = hint
        self.words = plain(hint.sentence, "muted")
        self.words.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        sign = QLabel()
        sign.setPixmap(icons.pixmap("caution", "caution", 16, self.devicePixelRatioF()))
        sign.setAccessibleName("Caution")
        row = tight(QHBoxLayout(self))
        row.addWidget(sign)
        row.addWidget(self.words, 1)
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


def _words(hints: Sequence[HintItem]) -> list[tuple[str, str, str]]:
    return [(hint.sentence, hint.action, hint.more) for hint in hints]
