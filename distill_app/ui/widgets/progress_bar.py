"""Thin progress bars: one alone, and one with the stage in words beside it."""

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QHideEvent, QPainter, QPaintEvent, QShowEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from distill_app.ui.common.timers import timer
from distill_app.ui.style.theme import caption_font, color
from distill_app.ui.translation import tr

_HEIGHT = 4.0
_TICK_MS, _CYCLE_MS = 40, 1200
"""Repaint interval and period of the animation that shows unknown progress."""
_DELAY_MS = 200
_GAP, _WIDTH_MIN = 8, 16
_LINE_MAX = 160
_TEXT_WIDTH_MIN = 120
"""Narrower than this, a labeled bar leaves its text out."""
_TEXT_ALIGNMENT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


class ProgressBar(QWidget):
    """A bar as wide as its layout lets it be; it moves to and fro while its fraction is 0."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.fraction, self._phase = 0.0, 0.0
        self._tick = timer(self, _TICK_MS, self._on_tick)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFixedHeight(int(_HEIGHT) + 2)

    def set_fraction(self, fraction: float) -> None:
        """Sets the progress, 0 … 1; 0 means that it is not known."""
        if fraction != self.fraction:
            self.fraction = fraction
            self._tick_if_needed()
            self.update()

    def _tick_if_needed(self) -> None:
        if self.fraction == 0.0 and self.isVisible():
            self._tick.start()
        else:
            self._tick.stop()

    def _on_tick(self) -> None:
        self._phase = _next_phase(self._phase)
        self.update()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._tick_if_needed()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._tick_if_needed()

    def sizeHint(self) -> QSize:
        return QSize(160, int(_HEIGHT) + 2)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        _paint_bar(painter, QRectF(0, 1, self.width(), _HEIGHT), self.fraction, self._phase)
        painter.end()


class LabeledProgressBar(QWidget):
    """A bar with the name of the stage at its left; work of less than 200 ms never shows it."""

    appeared = Signal()
    """The bar became visible: the work takes longer than 200 ms."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._stage, self._fraction, self._phase = "", 0.0, 0.0
        self._delay = timer(self, _DELAY_MS, self._appear, single_shot=True)
        self._tick = timer(self, _TICK_MS, self._on_tick)
        self._visible = False
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFixedHeight(16)

    @property
    def stage(self) -> str:
        """The text shown, "" while the bar does not show."""
        return self._stage if self._visible else ""

    @property
    def fraction(self) -> float:
        return self._fraction

    def start(self, stage: str) -> None:
        self._stage, self._fraction = stage, 0.0
        self.setToolTip(f"{stage}\n{tr('Esc cancels')}")
        if not self._visible and not self._delay.isActive():
            self._delay.start()
        self.update()

    def advance(self, stage: str, fraction: float) -> None:
        """Sets stage and progress, 0 … 1; 0 means that the progress is not known."""
        self._stage, self._fraction = stage, fraction
        self.setAccessibleName(f"{stage}, {round(100 * fraction)} %")
        self.update()

    def finish(self) -> None:
        self._delay.stop()
        self._tick.stop()
        self._visible = False
        self.update()

    def _appear(self) -> None:
        self._visible = True
        self._tick.start()
        self.appeared.emit()
        self.update()

    def _on_tick(self) -> None:
        if self._fraction == 0.0:
            self._phase = _next_phase(self._phase)
            self.update()

    def sizeHint(self) -> QSize:
        return QSize(240, 16)

    def minimumSizeHint(self) -> QSize:
        return QSize(_WIDTH_MIN, 16)

    def paintEvent(self, event: QPaintEvent) -> None:
        if not self._visible:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        left = self._paint_stage(painter)
        bar = QRectF(left, (self.height() - _HEIGHT) / 2, self.width() - left, _HEIGHT)
        _paint_bar(painter, bar, self._fraction, self._phase)
        painter.end()

    def _paint_stage(self, painter: QPainter) -> int:
        """Paints the text where there is room and returns where the bar begins, in pixels."""
        metrics = QFontMetrics(caption_font())
        room = self.width() - 48 if self.width() >= _TEXT_WIDTH_MIN else 0
        text = metrics.elidedText(self._stage, Qt.TextElideMode.ElideRight, room) if room else ""
        taken = metrics.horizontalAdvance(text) + _GAP if text else 0
        left = self.width() - min(_LINE_MAX, self.width() - taken)
        painter.setFont(caption_font())
        painter.setPen(color("muted"))
        painter.drawText(0, 0, left - _GAP, self.height(), _TEXT_ALIGNMENT, text)
        return left


def _next_phase(phase: float) -> float:
    """Phase of the animation one tick later, 0 … 1."""
    return (phase + _TICK_MS / _CYCLE_MS) % 1


def _paint_bar(painter: QPainter, bar: QRectF, fraction: float, phase: float) -> None:
    """Paints a filled bar, or where `fraction` is 0 a quarter of it at `phase` 0 … 1 of its way."""
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(color("track"))
    painter.drawRoundedRect(bar, 2, 2)
    painter.setBrush(color("accent"))
    painter.setClipRect(bar)
    if fraction > 0:
        painter.drawRoundedRect(bar.adjusted(0, 0, -bar.width() * (1 - min(fraction, 1)), 0), 2, 2)
    else:
        part = bar.width() / 4
        start = bar.left() - part + phase * (bar.width() + part)
        painter.drawRoundedRect(QRectF(start, bar.top(), part, bar.height()), 2, 2)
