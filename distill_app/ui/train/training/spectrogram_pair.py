"""What the network makes of a recording, beside the recording: two spectrograms on one scale."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from distill_app.ui.common.background import LatestTask
from distill_app.ui.style.theme import GRID
from distill_app.ui.train.training.demo_spectrogram import DemoPicture, read_demo_picture
from distill_app.ui.train.training.format import clock_of
from distill_app.ui.train.training.history import Demo
from distill_app.ui.widgets.controls import Caption, tight
from distill_app.ui.widgets.spectrogram_view import SpectrogramView

_ORIGINAL, _REBUILT = "A · Original", "B · Rebuilt"


class SpectrogramPair(QWidget):
    """The files are read beside the window."""

    hovered = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.demo: Demo | None = None
        """The one that is shown, or on its way."""
        self.original, self.reconstruction = SpectrogramView(), SpectrogramView()
        self._words = {self.original: Caption(_ORIGINAL), self.reconstruction: Caption(_REBUILT)}
        self._aside = LatestTask(self)
        self._aside.answered.connect(self._on_read)
        self._build()

    def _build(self) -> None:
        row = tight(QHBoxLayout(self), 2 * GRID)
        for view, words in self._words.items():
            view.setMinimumSize(19 * GRID, 14 * GRID)
            view.hovered.connect(self.hovered)
            column = tight(QVBoxLayout(), GRID // 2)
            column.addWidget(words)
            column.addWidget(view, 1)
            row.addLayout(column, 1)
        self.original.setAccessibleName("Spectrogram of the original")
        self.reconstruction.setAccessibleName("Spectrogram of what the network makes of it")

    def show_demo(self, demo: Demo | None) -> None:
        """None for none yet."""
        if demo == self.demo:
            return
        self.demo = demo
        if demo is None:
            self._words[self.reconstruction].setText(_REBUILT)
            self.original.clear()
            self.reconstruction.clear()
            return
        self._aside.ask(lambda: (demo, read_demo_picture(demo.picture)))

    def _on_read(self, answer: tuple[Demo, DemoPicture | None]) -> None:
        demo, picture = answer
        if demo != self.demo or picture is None:
            return
        self.original.set_picture(picture.original)
        self.reconstruction.set_picture(picture.reconstruction)
        self._words[self.reconstruction].setText(f"{_REBUILT} after {clock_of(demo.seconds)}")

    def close_reader(self) -> None:
        self._aside.close()
