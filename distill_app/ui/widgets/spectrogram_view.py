"""The picture of the whole sound, a playhead in it, and the way there by a click."""

import numpy as np
from PySide6.QtCore import QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QImage, QMouseEvent, QPainter, QPixmap

from distill_app.dsp.log_frequency import FrequencyScale
from distill_app.dsp.spectrogram import Spectrogram
from distill_app.ui.style.colormap import colour_table, shades
from distill_app.ui.style.format import place_in_words
from distill_app.ui.widgets.plot_frame import BLACK, PlotFrame
from distill_app.ui.widgets.plot_ticks import Ticks, time_ticks

_DIMMED = 0.6
_HALO, _PLAYHEAD = 4.0, 1.5
_TOUCHED = 8  # pixels repainted around a playhead


class SpectrogramView(PlotFrame):
    """Magma, −90 … 0 dB, log frequency. The picture is scaled once; a moving playhead repaints its own strip."""

    sought = Signal(float)
    """The hand asks for this moment, in seconds."""

    def __init__(self) -> None:
        super().__init__("Spectrogram")
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
        """Shows levels at full brightness."""
        self.picture, self.dimmed = picture, False
        self._image, self._scaled = _image(picture), QPixmap()
        self.update()

    def clear(self) -> None:
        """Nothing to show."""
        self.picture, self._image, self._scaled = None, QImage(), QPixmap()
        self.update()

    def set_dimmed(self, dimmed: bool) -> None:
        """60 % while a newer sound is on its way."""
        if dimmed != self.dimmed:
            self.dimmed = dimmed
            self.update(self.picture_place())

    def set_playhead(self, seconds: float | None) -> None:
        if seconds != self.playhead:
            self._touch_playhead()
            self.playhead = seconds
            self._touch_playhead()

    def read_out(self, seconds: float, row: float) -> str:
        """`0.52 s · 440 Hz · A4 0 ¢ · −23.0 dB` at a place of the picture."""
        if self.picture is None:
            return ""
        rows, columns = self.picture.levels.shape
        column = min(int(seconds / self.picture.seconds * columns), columns - 1)
        level = float(self.picture.levels[min(int(row), rows - 1), column])
        return place_in_words(seconds, self.picture.frequency(row - 0.5), level)

    def moments(self, width: float) -> Ticks:
        return [] if self.picture is None else time_ticks(self.picture.seconds, width)

    def paint_picture(self, painter: QPainter, place: QRect) -> None:
        painter.fillRect(place, QColor(BLACK))
        if self.picture is None:
            return
        painter.setOpacity(_DIMMED if self.dimmed else 1.0)
        painter.drawPixmap(place.topLeft(), self._pixmap(place.size()))
        painter.setOpacity(1.0)
        if self.playhead is not None:
            self._paint_playhead(painter, place, self._x(self.playhead, place))

    def _pixmap(self, size: QSize) -> QPixmap:
        """The picture in the screen's own pixels."""
        ratio = self.devicePixelRatioF()
        wanted = QSize(round(size.width() * ratio), round(size.height() * ratio))
        if self._scaled.size() != wanted:
            smooth = Qt.TransformationMode.SmoothTransformation
            image = self._image.scaled(wanted, Qt.AspectRatioMode.IgnoreAspectRatio, smooth)
            self._scaled = QPixmap.fromImage(image)
            self._scaled.setDevicePixelRatio(ratio)
        return self._scaled

    def _x(self, seconds: float, place: QRect) -> float:
        return place.left() + seconds / max(self.seconds, 1e-6) * place.width()

    def _paint_playhead(self, painter: QPainter, place: QRect, x: float) -> None:
        """White over a black halo: no one colour shows on all of magma. It begins on a pixel, or it would be grey."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        ratio = self.devicePixelRatioF()
        left = round((x - _PLAYHEAD / 2) * ratio) / ratio
        margin = (_HALO - _PLAYHEAD) / 2
        line = QRectF(left, place.top(), _PLAYHEAD, place.height())
        painter.fillRect(line.adjusted(-margin, 0, margin, 0), QColor("#000000"))
        painter.fillRect(line, QColor("#FFFFFF"))

    def _touch_playhead(self) -> None:
        if self.playhead is not None:
            place = self.picture_place()
            left = int(self._x(self.playhead, place)) - _TOUCHED // 2
            self.update(QRect(left, place.top(), _TOUCHED, place.height()) & place)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._seek(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        super().mouseMoveEvent(event)
        if event.buttons() & Qt.MouseButton.LeftButton:
            self._seek(event)

    def _seek(self, event: QMouseEvent) -> None:
        found = self.at(event.position())
        if found is not None:
            self.sought.emit(found[0])


def _image(picture: Spectrogram) -> QImage:
    """Row 0 at the bottom."""
    rows, columns = picture.levels.shape
    data = np.ascontiguousarray(shades(picture.levels)[::-1])
    image = QImage(data.data, columns, rows, columns, QImage.Format.Format_Indexed8)
    image.setColorTable(colour_table())
    return image.convertToFormat(QImage.Format.Format_RGB32)
