"""Switch between the two ways to train on recordings: textures and one-shots."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QWidget

from distill_app.project.corpora import Mode
from distill_app.ui.translation import tr
from distill_app.ui.widgets.controls import Button, tight


class ModeSwitch(QWidget):
    """Two buttons of which one is checked."""

    chosen = Signal(str)
    """The user chose a mode; carries a Mode."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        titles: dict[Mode, str] = {"textures": tr("Textures"), "one-shots": tr("One-shots")}
        self.buttons = {mode: Button(title, "segment", mode_sentence(mode)) for mode, title in titles.items()}
        group, row = QButtonGroup(self), tight(QHBoxLayout(self), 0)
        for mode, button in self.buttons.items():
            button.setCheckable(True)
            button.clicked.connect(lambda _=False, mode=mode: self.chosen.emit(mode))
            group.addButton(button)
            row.addWidget(button)

    def show_mode(self, mode: Mode) -> None:
        self.buttons[mode].setChecked(True)


def mode_sentence(mode: Mode) -> str:
    """Description of a mode."""
    if mode == "textures":
        return tr("Trains on every part of a recording: drones, voices, rooms, whole phrases.")
    return tr("Trains only on sounds that begin with an attack: drums, plucks, single notes.")
