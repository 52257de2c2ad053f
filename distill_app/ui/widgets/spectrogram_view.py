"""The picture of the sound. It imports pyqtgraph, so it is itself imported once the window stands."""

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QFont, QMouseEvent, QResizeEvent, QShowEvent

from distill_app.dsp.spectrogram import DB_FLOOR, Spectrogram
from distill_app.ui.theme import TOKENS, caption_font, color
from distill_app.ui.widgets.spectrogram_axes import frequency_ticks, time_ticks
from distill_app.ui.wording import decibels, hertz, note

_DIMMED = 0.6
_LEFT_AXIS, _BOTTOM_AXIS = 64, 24
_HALO, _PLAYHEAD = 4.0, 1.5


class SpectrogramView(pg.PlotWidget):  # type: ignore[misc]
    """Magma, −90 … 0 dB, log frequency; a playhead; a click or drag seeks; hovering reads the picture out."""

    sought = Signal(float)
    """The hand asks for this moment, in seconds."""
    hovered = Signal(str)
    """What lies under the pointer, "" once it has left."""
    picture: Spectrogram | None = None

    def __init__(self) -> None:
        super().__init__(background=TOKENS.panel)
        self._image = pg.ImageItem(axisOrder="row-major")
        self._image.setLookupTable(pg.colormap.get("magma").getLookupTable(nPts=256))
        self._halo, self._line = pg.InfiniteLine(), pg.InfiniteLine()
        self._set_up()

    def _set_up(self) -> None:
        plot = self.getPlotItem()
        plot.hideButtons()
        plot.setMenuEnabled(False)
        plot.setMouseEnabled(x=False, y=False)
        plot.setContentsMargins(0, 0, 0, 0)
        plot.layout.setContentsMargins(0, 0, 0, 0)
        plot.getViewBox().setBackgroundColor("#000004")
        plot.getViewBox().setDefaultPadding(0)
        for item in (self._image, self._halo, self._line):
            plot.addItem(item)
        for name in ("left", "bottom"):
            _style_axis(plot.getAxis(name), caption_font())
        plot.getAxis("left").setWidth(_LEFT_AXIS)
        plot.getAxis("bottom").setHeight(_BOTTOM_AXIS)
        self.set_playhead(None)
        self.setFrameShape(self.Shape.NoFrame)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setAccessibleName("Spectrogram")
        self.viewport().setCursor(Qt.CursorShape.CrossCursor)

    def set_picture(self, picture: Spectrogram) -> None:
        """Shows levels at full brightness."""
        self.picture = picture
        shades = np.clip((picture.levels - DB_FLOOR) * (255 / -DB_FLOOR), 0, 255).astype(np.uint8)
        rows = picture.levels.shape[0]
        self._image.setImage(shades, autoLevels=False, levels=(0, 255))
        self._image.setRect(QRectF(0, 0, picture.seconds, rows))
        self.getPlotItem().setRange(xRange=(0, picture.seconds), yRange=(0, rows), padding=0)
        self.set_dimmed(False)
        self._place_ticks()

    def set_dimmed(self, dimmed: bool) -> None:
        """60 % while a newer sound is on its way."""
        self._image.setOpacity(_DIMMED if dimmed else 1.0)

    @property
    def dimmed(self) -> bool:
        return self._image.opacity() < 1

    def set_playhead(self, seconds: float | None) -> None:
        for line in (self._halo, self._line):
            line.setVisible(seconds is not None)
            if seconds is not None:
                line.setValue(seconds)

    @property
    def playhead(self) -> float | None:
        return float(self._line.value()) if self._line.isVisible() else None

    def read_out(self, seconds: float, row: float) -> str:
        """`0.52 s · 440 Hz · A4 0 ¢ · −23.0 dB` at a place of the picture."""
        if self.picture is None:
            return ""
        rows, columns = self.picture.levels.shape
        column = min(int(seconds / self.picture.seconds * columns), columns - 1)
        level = float(self.picture.levels[min(int(row), rows - 1), column])
        frequency = self.picture.frequency(row - 0.5)
        return f"{seconds:.2f} s · {hertz(frequency)} · {note(frequency)} · {decibels(level)}"

    def _at(self, position: QPointF) -> tuple[float, float] | None:
        """Seconds and row under a pixel, None outside the picture."""
        box = self.getPlotItem().getViewBox()
        point = box.mapSceneToView(self.mapToScene(position.toPoint()))
        if self.picture is None or not (0 <= point.x() <= self.picture.seconds):
            return None
        inside = 0 <= point.y() <= self.picture.levels.shape[0]
        return (point.x(), point.y()) if inside else None

    def mousePressEvent(self, event: QMouseEvent) -> None:
        place = self._at(event.position())
        if place is not None and event.button() == Qt.MouseButton.LeftButton:
            self.sought.emit(place[0])

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        place = self._at(event.position())
        self.hovered.emit("" if place is None else self.read_out(*place))
        if place is not None and event.buttons() & Qt.MouseButton.LeftButton:
            self.sought.emit(place[0])

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        event.accept()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        event.accept()

    def wheelEvent(self, event: QEvent) -> None:
        event.ignore()

    def leaveEvent(self, event: QEvent) -> None:
        self.hovered.emit("")
        super().leaveEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place_ticks()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._set_pens()
        self._place_ticks()

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.DevicePixelRatioChange:
            self._set_pens()
        return bool(super().event(event))

    def _set_pens(self) -> None:
        """These pens count the screen's own pixels."""
        scale = self.devicePixelRatioF()
        self._halo.setPen(pg.mkPen("#000000", width=_HALO * scale))
        self._line.setPen(pg.mkPen("#FFFFFF", width=_PLAYHEAD * scale))

    def _place_ticks(self) -> None:
        """Qt asks for it already while the widget is made, and still while it is closed."""
        plot = self.getPlotItem() if self.picture is not None else None
        if self.picture is None or plot is None:
            return
        height, width = self.height() - _BOTTOM_AXIS, self.width() - _LEFT_AXIS
        plot.getAxis("left").setTicks([frequency_ticks(self.picture, height)])
        plot.getAxis("bottom").setTicks([time_ticks(self.picture.seconds, width)])


def _style_axis(axis: pg.AxisItem, tick_font: QFont) -> None:
    axis.setStyle(tickLength=0, tickFont=tick_font, tickTextOffset=8, hideOverlappingLabels=False)
    axis.setPen(color("panel"))
    axis.setTextPen(color("muted"))
