"""A thin line with the stage in words. Work that ends within 200 ms never shows it."""

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from distill_app.ui.common.timers import timer
from distill_app.ui.style.theme import caption_font, color
from distill_app.ui.widgets.track import LINE, TICK_MS, paint_track, wandered

_DELAY_MS = 200
_GAP, _LEAST_WIDTH = 8, 24
_WORDS_FROM = 120  # pixels of width: in less there is room for the line alone


class ProgressLine(QWidget):
    """`start`, `advance` as often as you like, `finish`."""

    appeared = Signal()
    """The work takes long enough to be worth a word."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._stage, self._fraction, self._phase = "", 0.0, 0.0
        self._delay = timer(self, _DELAY_MS, self._appear, single_shot=True)
        self._tick = timer(self, TICK_MS, self._on_tick)
        self._visible = False
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFixedHeight(16)

    @property
    def stage(self) -> str:
        """The words shown, "" while nothing shows."""
        return self._stage if self._visible else ""

    @property
    def fraction(self) -> float:
        return self._fraction

    def start(self, stage: str) -> None:
        self._stage, self._fraction = stage, 0.0
        self.setToolTip(f"{stage}\nEsc cancels")
        if not self._visible and not self._delay.isActive():
            self._delay.start()
        self.update()

    def advance(self, stage: str, fraction: float) -> None:
        """`fraction` 0 … 1, or 0 where nothing is known yet: the line then wanders."""
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
            self._phase = wandered(self._phase)
            self.update()

    def sizeHint(self) -> QSize:
        return QSize(240, 16)

    def minimumSizeHint(self) -> QSize:
        return QSize(_LEAST_WIDTH, 16)

    def paintEvent(self, event: QPaintEvent) -> None:
        if not self._visible:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(caption_font())
        painter.setPen(color("muted"))
        metrics = QFontMetrics(caption_font())
        room = self.width() - 48 if self.width() >= _WORDS_FROM else 0
        words = metrics.elidedText(self._stage, Qt.TextElideMode.ElideRight, room) if room else ""
        taken = metrics.horizontalAdvance(words)
        line = min(160, self.width() - (taken + _GAP if words else 0))
        left = self.width() - line
        painter.drawText(0, 0, left - _GAP, self.height(), _WORDS, words)
        paint_track(painter, QRectF(left, (self.height() - LINE) / 2, line, LINE), self._fraction, self._phase)
        painter.end()


_WORDS = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
