"""How a corpus is listened to: textures or one-shots."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QWidget

from distill_app.project.corpora import Mode
from distill_app.ui.widgets.controls import Button, tight

MODES: tuple[tuple[Mode, str, str], ...] = (
    ("textures", "Textures", "Any stretch of a recording is learned: drones, voices, rooms, whole phrases."),
    ("one-shots", "One-shots", "Only what begins with an attack is learned: drums, plucks, single notes."),
)


class ModeSwitch(QWidget):
    """`chosen` speaks for the hand alone."""

    chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.buttons = {mode: Button(title, "segment", tip) for mode, title, tip in MODES}
        group, row = QButtonGroup(self), tight(QHBoxLayout(self), 0)
        for mode, button in self.buttons.items():
            button.setCheckable(True)
            button.clicked.connect(lambda _=False, mode=mode: self.chosen.emit(mode))
            group.addButton(button)
            row.addWidget(button)

    def show_mode(self, mode: Mode) -> None:
        self.buttons[mode].setChecked(True)


def sentence_of(mode: Mode) -> str:
    return next(sentence for known, _, sentence in MODES if known == mode)
