"""Position and length of the sound."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QWidget

from distill_app.ui.theme import font
from distill_app.ui.wording import clock


class TimeLabel(QLabel):
    """`0:01.62 / 0:04.00`, of one width while a sound plays."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFont(font())
        self.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        self.setAccessibleName("Position and length")
        self.set_times(0.0, 0.0)

    def set_times(self, position: float, seconds: float) -> None:
        text = f"{clock(position)} / {clock(seconds)}"
        if text != self.text():
            self.setText(text)
