"""Scrolling spectrogram of the sound that plays, newest at the right."""

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QRect, QRectF
from PySide6.QtGui import QImage, QPainter, QResizeEvent

from distill_app.dsp.log_frequency import FrequencyScale
from distill_app.dsp.sound import Samples
from distill_app.dsp.streaming_spectrogram import StreamingSpectrogram
from distill_app.ui.style.colormap import color_indices, color_table, level_db_of
from distill_app.ui.style.format import cursor_text
from distill_app.ui.translation import tr
from distill_app.ui.widgets.plot_frame import PlotFrame
from distill_app.ui.widgets.plot_ticks import Ticks, past_time_ticks

PIXELS_PER_SECOND = 60.0
"""One new column for each frame of a 60 Hz screen, so that the picture scrolls evenly."""


class ColumnRing:
    """Ring buffer of image columns whose window of `width` columns is always contiguous.

    Each column is written twice, `width` apart, so that no column is ever moved:

        |c d e f|a b|c d e f|a b|      `a` is overwritten next; the window begins at the oldest, `c`
                 ^ newest
    """

    def __init__(self, height: int, width: int) -> None:
        self.height, self.width = height, width
        self._colours = np.array(color_table(), np.uint32)
        self._pixels = np.full((height, 2 * width), self._colours[0], np.uint32)
        self._next = 0
        self.image = QImage(self._pixels.data, 2 * width, height, 8 * width, QImage.Format.Format_RGB32)
        """RGB32, the screen's own format: an indexed image takes ten times as long to paint."""

    @property
    def start(self) -> int:
        """First image column of the window of `width` columns."""
        return self._next

    def write(self, columns: NDArray[np.uint8]) -> None:
        """Appends colour indices `[height, n]`, row 0 at the bottom."""
        self._write(self._colours[columns[::-1, -self.width :]])

    def _write(self, newest: NDArray[np.uint32]) -> None:
        for column in newest.T:
            self._pixels[:, self._next] = self._pixels[:, self._next + self.width] = column
            self._next = (self._next + 1) % self.width

    def resized(self, height: int, width: int) -> "ColumnRing":
        """Copy in another size: rows by nearest neighbour, the newest columns unchanged."""
        other = ColumnRing(height, width)
        rows = np.arange(height) * self.height // height
        window = self._pixels[:, self.start : self.start + self.width]
        other._write(window[rows, -width:])
        return other

    def color_index(self, column: int, row: int) -> int:
        """Colour index at a column counted from the oldest and a row counted from the bottom."""
        return int(np.argmax(self._colours == self._pixels[self.height - 1 - row, self.start + column]))


class LiveSpectrogramView(PlotFrame):
    """Paints one column per screen pixel, so that nothing is scaled and only new columns are computed.

    Args:
        sample_rate: of the samples pushed, in Hz.
    """

    def __init__(self, sample_rate: int) -> None:
        super().__init__(tr("Live spectrogram"))
        self._sample_rate = sample_rate
        self.clear()

    def clear(self, starts_midway: bool = False) -> None:
        """Makes the picture black again.

        Args:
            starts_midway: whether the samples pushed next continue a sound, instead of starting one.
        """
        height, width = self._pixels()
        columns_per_second = PIXELS_PER_SECOND * self.devicePixelRatioF()
        self._analysis = StreamingSpectrogram(self._sample_rate, height, columns_per_second, starts_midway)
        self._ring = ColumnRing(height, width)
        self.update()

    def _pixels(self) -> tuple[int, int]:
        """Height and width of the picture in physical pixels."""
        rect, ratio = self.plot_rect(), self.devicePixelRatioF()
        return max(round(rect.height() * ratio), 2), max(round(rect.width() * ratio), 1)

    def push(self, samples: Samples) -> None:
        """Appends the samples `[n]` that were played since the last call."""
        columns = self._analysis.push(samples)
        if columns.shape[1]:
            self._ring.write(color_indices(columns))
            self.update(self.plot_rect())

    @property
    def scale(self) -> FrequencyScale | None:
        return self._analysis.scale

    @property
    def seconds(self) -> float:
        return max(self.plot_rect().width(), 1) / PIXELS_PER_SECOND

    def time_axis(self, width: float) -> Ticks:
        return past_time_ticks(self.seconds, width)

    def read_out(self, seconds: float, row: float) -> str:
        """`−1.24 s · 440 Hz · A4 0 ¢ · −23 dB`."""
        ring = self._ring
        column = min(int(seconds / self.seconds * ring.width), ring.width - 1)
        level_db = level_db_of(ring.color_index(column, min(int(row), ring.height - 1)))
        return cursor_text(seconds - self.seconds, self._analysis.scale.frequency(row - 0.5), level_db)

    def paint_plot(self, painter: QPainter, rect: QRect) -> None:
        ring, ratio = self._ring, self.devicePixelRatioF()
        size = (ring.width / ratio, ring.height / ratio)
        window = QRect(ring.start, 0, ring.width, ring.height)
        if ratio == 1.0:
            painter.drawImage(rect.topLeft(), ring.image, window)
        else:
            painter.drawImage(QRectF(rect.left(), rect.top(), *size), ring.image, QRectF(window))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keeps the columns painted so far."""
        super().resizeEvent(event)
        height, width = self._pixels()
        self._analysis, self._ring = self._analysis.with_rows(height), self._ring.resized(height, width)

    def event(self, event: QEvent) -> bool:
        """Starts again on a screen of another pixel ratio, where a pixel is another time."""
        if event.type() == QEvent.Type.DevicePixelRatioChange:
            self.clear(starts_midway=True)
        return super().event(event)
