"""What is heard, as it is heard: a spectrogram that runs, newest at the right."""

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QRect, QRectF
from PySide6.QtGui import QImage, QPainter, QResizeEvent

from distill_app.dsp.log_frequency import FrequencyScale
from distill_app.dsp.sound import Samples
from distill_app.dsp.streaming_spectrogram import StreamingSpectrogram
from distill_app.ui.style.colormap import colour_table, level_of, shades
from distill_app.ui.style.format import place_in_words
from distill_app.ui.widgets.plot_frame import PlotFrame
from distill_app.ui.widgets.plot_ticks import Ticks, past_ticks

PIXELS_PER_SECOND = 60.0
"""At sixty looks a second a look is one new column: the picture runs evenly."""


class ColumnRing:
    """Columns of an image, the oldest giving way to the newest, always one contiguous window.

    Each column is written twice, `width` apart, so that nothing is ever moved:

        |c d e f|a b|c d e f|a b|      `a` comes next; the window begins at the oldest, `c`
                 ^ newest
    """

    def __init__(self, height: int, width: int) -> None:
        self.height, self.width = height, width
        self._colours = np.array(colour_table(), np.uint32)
        self._pixels = np.full((height, 2 * width), self._colours[0], np.uint32)
        self._next = 0
        self.image = QImage(self._pixels.data, 2 * width, height, 8 * width, QImage.Format.Format_RGB32)
        """In the screen's own format: a table looked up at every painting would take ten times as long."""

    @property
    def start(self) -> int:
        """Where in the image the window of `width` columns begins."""
        return self._next

    def write(self, columns: NDArray[np.uint8]) -> None:
        """Appends `[height, n]`, row 0 at the bottom."""
        self._write(self._colours[columns[::-1, -self.width :]])

    def _write(self, newest: NDArray[np.uint32]) -> None:
        for column in newest.T:
            self._pixels[:, self._next] = self._pixels[:, self._next + self.width] = column
            self._next = (self._next + 1) % self.width

    def resized(self, height: int, width: int) -> "ColumnRing":
        """The newest of it in another size: nearest rows, columns as they are."""
        other = ColumnRing(height, width)
        rows = np.arange(height) * self.height // height
        window = self._pixels[:, self.start : self.start + self.width]
        other._write(window[rows, -width:])
        return other

    def shade(self, column: int, row: int) -> int:
        """Of the window's column, counted from the oldest, and row, counted from the bottom."""
        return int(np.argmax(self._colours == self._pixels[self.height - 1 - row, self.start + column]))


class LiveSpectrogramView(PlotFrame):
    """One column is one pixel of the screen: nothing is scaled, only new columns are computed.

    Args:
        sample_rate: Hz, of the samples pushed.
    """

    def __init__(self, sample_rate: int) -> None:
        super().__init__("Live spectrogram")
        self._sample_rate = sample_rate
        self.clear()

    def clear(self, midway: bool = False) -> None:
        """Black again; `midway`: what is pushed next comes out of the middle of a sound."""
        height, width = self._pixels()
        pace = PIXELS_PER_SECOND * self.devicePixelRatioF()
        self._analysis = StreamingSpectrogram(self._sample_rate, height, pace, midway)
        self._ring = ColumnRing(height, width)
        self.update()

    def _pixels(self) -> tuple[int, int]:
        """Height and width in the screen's own pixels."""
        place, ratio = self.picture_place(), self.devicePixelRatioF()
        return max(round(place.height() * ratio), 2), max(round(place.width() * ratio), 1)

    def push(self, samples: Samples) -> None:
        """What was heard since the last time: `[n]` samples."""
        columns = self._analysis.push(samples)
        if columns.shape[1]:
            self._ring.write(shades(columns))
            self.update(self.picture_place())

    @property
    def scale(self) -> FrequencyScale | None:
        return self._analysis.scale

    @property
    def seconds(self) -> float:
        return max(self.picture_place().width(), 1) / PIXELS_PER_SECOND

    def moments(self, width: float) -> Ticks:
        return past_ticks(self.seconds, width)

    def read_out(self, seconds: float, row: float) -> str:
        """`−1.24 s · 440 Hz · A4 0 ¢ · −23 dB`."""
        ring = self._ring
        column = min(int(seconds / self.seconds * ring.width), ring.width - 1)
        shade = ring.shade(column, min(int(row), ring.height - 1))
        return place_in_words(seconds - self.seconds, self._analysis.scale.frequency(row - 0.5), level_of(shade))

    def paint_picture(self, painter: QPainter, place: QRect) -> None:
        ring, ratio = self._ring, self.devicePixelRatioF()
        size = (ring.width / ratio, ring.height / ratio)
        window = QRect(ring.start, 0, ring.width, ring.height)
        if ratio == 1.0:
            painter.drawImage(place.topLeft(), ring.image, window)
        else:
            painter.drawImage(QRectF(place.left(), place.top(), *size), ring.image, QRectF(window))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """What was heard stays."""
        super().resizeEvent(event)
        height, width = self._pixels()
        self._analysis, self._ring = self._analysis.with_rows(height), self._ring.resized(height, width)

    def event(self, event: QEvent) -> bool:
        """On a screen of another scale a pixel is another time."""
        if event.type() == QEvent.Type.DevicePixelRatioChange:
            self.clear(midway=True)
        return super().event(event)
