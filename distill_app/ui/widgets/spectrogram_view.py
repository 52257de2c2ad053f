"""Spectrogram of a whole sound with a playhead; a click seeks."""

import numpy as np
from PySide6.QtCore import QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QImage, QMouseEvent, QPainter, QPixmap

from distill_app.dsp.log_frequency import FrequencyScale
from distill_app.dsp.spectrogram import Spectrogram
from distill_app.ui.style.colormap import color_indices, color_table
from distill_app.ui.style.format import cursor_text
from distill_app.ui.translation import tr
from distill_app.ui.widgets.plot_frame import BLACK, PlotFrame
from distill_app.ui.widgets.plot_ticks import Ticks, time_ticks

_DIMMED = 0.6
_HALO, _PLAYHEAD = 4.0, 1.5
_REPAINTED = 8
"""Width of the strip repainted around a playhead, in pixels."""


class SpectrogramView(PlotFrame):
    """Levels of −90 … 0 dB over logarithmic frequency; a moving playhead repaints only its own strip."""

    seek_asked = Signal(float)
    """The user clicked at this time, in seconds."""

    def __init__(self) -> None:
        super().__init__(tr("Spectrogram"))
        self.picture: Spectrogram | None = None
        self.playhead: float | None = None
        self.dimmed = False
        self._image, self._scaled = QImage(), QPixmap()

    @property
    def scale(self) -> FrequencyScale | None:
        return None if self.picture is None else self.picture.scale

    @property
    def seconds(self) -> float:
        return 0.0 if self.picture is None else self.picture.seconds

    def set_picture(self, picture: Spectrogram) -> None:
        """Shows a spectrogram at full brightness."""
        self.picture, self.dimmed = picture, False
        self._image, self._scaled = _image(picture), QPixmap()
        self.update()

    def clear(self) -> None:
        self.picture, self._image, self._scaled = None, QImage(), QPixmap()
        self.update()

    def set_dimmed(self, dimmed: bool) -> None:
        """Dims the picture to 60 %, or shows it at full brightness."""
        if dimmed != self.dimmed:
            self.dimmed = dimmed
            self.update(self.plot_rect())

    def set_playhead(self, seconds: float | None) -> None:
        if seconds != self.playhead:
            self._update_playhead()
            self.playhead = seconds
            self._update_playhead()

    def read_out(self, seconds: float, row: float) -> str:
        """`0.52 s · 440 Hz · A4 0 ¢ · −23.0 dB`."""
        if self.picture is None:
            return ""
        rows, columns = self.picture.levels.shape
        column = min(int(seconds / self.picture.seconds * columns), columns - 1)
        level = float(self.picture.levels[min(int(row), rows - 1), column])
        return cursor_text(seconds, self.picture.frequency(row - 0.5), level)

    def time_axis(self, width: float) -> Ticks:
        return [] if self.picture is None else time_ticks(self.picture.seconds, width)

    def paint_plot(self, painter: QPainter, rect: QRect) -> None:
        painter.fillRect(rect, QColor(BLACK))
        if self.picture is None:
            return
        painter.setOpacity(_DIMMED if self.dimmed else 1.0)
        painter.drawPixmap(rect.topLeft(), self._pixmap(rect.size()))
        painter.setOpacity(1.0)
        if self.playhead is not None:
            self._paint_playhead(painter, rect, self._x(self.playhead, rect))

    def _pixmap(self, size: QSize) -> QPixmap:
        """Picture scaled to physical pixels, cached."""
        ratio = self.devicePixelRatioF()
        wanted = QSize(round(size.width() * ratio), round(size.height() * ratio))
        if self._scaled.size() != wanted:
            smooth = Qt.TransformationMode.SmoothTransformation
            image = self._image.scaled(wanted, Qt.AspectRatioMode.IgnoreAspectRatio, smooth)
            self._scaled = QPixmap.fromImage(image)
            self._scaled.setDevicePixelRatio(ratio)
        return self._scaled

    def _x(self, seconds: float, rect: QRect) -> float:
        return rect.left() + seconds / max(self.seconds, 1e-6) * rect.width()

    def _paint_playhead(self, painter: QPainter, rect: QRect, x: float) -> None:
        """Paints a white line with a black halo, visible on all of magma; aligned to a pixel, or it would be grey."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        ratio = self.devicePixelRatioF()
        left = round((x - _PLAYHEAD / 2) * ratio) / ratio
        margin = (_HALO - _PLAYHEAD) / 2
        line = QRectF(left, rect.top(), _PLAYHEAD, rect.height())
        painter.fillRect(line.adjusted(-margin, 0, margin, 0), QColor("#000000"))
        painter.fillRect(line, QColor("#FFFFFF"))

    def _update_playhead(self) -> None:
        if self.playhead is not None:
            rect = self.plot_rect()
            left = int(self._x(self.playhead, rect)) - _REPAINTED // 2
            self.update(QRect(left, rect.top(), _REPAINTED, rect.height()) & rect)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._seek(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        super().mouseMoveEvent(event)
        if event.buttons() & Qt.MouseButton.LeftButton:
            self._seek(event)

    def _seek(self, event: QMouseEvent) -> None:
        position = self.at(event.position())
        if position is not None:
            self.seek_asked.emit(position[0])


def _image(picture: Spectrogram) -> QImage:
    """Image of a spectrogram with row 0 at the bottom."""
    rows, columns = picture.levels.shape
    data = np.ascontiguousarray(color_indices(picture.levels)[::-1])
    image = QImage(data.data, columns, rows, columns, QImage.Format.Format_Indexed8)
    image.setColorTable(color_table())
    return image.convertToFormat(QImage.Format.Format_RGB32)
