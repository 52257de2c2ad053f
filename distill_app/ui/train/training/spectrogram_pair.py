"""Spectrograms of a recording and of its reconstruction, side by side on one scale."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from distill_app.ui.style.theme import GRID
from distill_app.ui.train.training.demo_spectrogram import DemoPicture, read_demo_picture
from distill_app.ui.train.training.format import clock_of
from distill_app.ui.train.training.history import Demo
from distill_app.ui.translation import tr
from distill_app.ui.widgets.controls import Caption, tight
from distill_app.ui.widgets.spectrogram_view import SpectrogramView
from distill_app.workers.background_job import BackgroundJobs, single_step


class SpectrogramPair(QWidget):
    """Shows the spectrograms of a demo; reads its file in a thread."""

    hovered = Signal(str)
    """Read-out under the pointer, "" once it has left."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.demo: Demo | None = None
        """The demo that is shown or being read."""
        self.original, self.reconstruction = SpectrogramView(), SpectrogramView()
        self._captions = {self.original: Caption(tr("A · Original")), self.reconstruction: Caption()}
        self._jobs = BackgroundJobs("distill-demo", self)
        self._build()

    def _build(self) -> None:
        row = tight(QHBoxLayout(self), 2 * GRID)
        for view, caption in self._captions.items():
            view.setMinimumSize(19 * GRID, 14 * GRID)
            view.hovered.connect(self.hovered)
            column = tight(QVBoxLayout(), GRID // 2)
            column.addWidget(caption)
            column.addWidget(view, 1)
            row.addLayout(column, 1)
        self.original.setAccessibleName(tr("Spectrogram of the original"))
        self.reconstruction.setAccessibleName(tr("Spectrogram of the reconstruction"))
        self._show_time(tr("B · Reconstruction"))

    def _show_time(self, text: str) -> None:
        self._captions[self.reconstruction].setText(text)

    def show_demo(self, demo: Demo | None) -> None:
        """Reads and shows a demo; None shows empty plots."""
        if demo == self.demo:
            return
        self.demo = demo
        if demo is None:
            self._show_time(tr("B · Reconstruction"))
            self.original.clear()
            self.reconstruction.clear()
            return
        self._jobs.cancel()
        self._jobs.add(single_step(lambda: (demo, read_demo_picture(demo.picture))), self._on_read)

    def _on_read(self, answer: tuple[Demo, DemoPicture | None]) -> None:
        demo, picture = answer
        if demo != self.demo or picture is None:
            return
        self.original.set_picture(picture.original)
        self.reconstruction.set_picture(picture.reconstruction)
        self._show_time(tr("B · Reconstruction at {time}").format(time=clock_of(demo.seconds)))

    def close_reader(self) -> None:
        self._jobs.close()
