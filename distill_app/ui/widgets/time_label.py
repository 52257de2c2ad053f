"""Label with a position and a length in time."""

import math
import time
from collections.abc import Callable

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from distill_app.ui.style.format import clock
from distill_app.ui.style.theme import color, font
from distill_app.ui.translation import tr

_UPDATE_SECONDS = 0.09
"""Least time between two changes of the text; it could not be read faster."""


class TimeLabel(QWidget):
    """`0:01.62 / 0:04.00`, painted by itself: a QLabel whose text changes makes the whole window's layout run."""

    def __init__(self, now: Callable[[], float] = time.monotonic, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._now, self._shown_at = now, -math.inf
        self._text = ""
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(tr("Position and length"))
        self.set_times(0.0, 0.0)

    def text(self) -> str:
        return self._text

    def set_times(self, position: float, seconds: float) -> None:
        """Shows both times, in seconds; calls that come faster than the text can be read are ignored."""
        now = self._now()
        if now - self._shown_at < _UPDATE_SECONDS:
            return
        text = f"{clock(position)} / {clock(seconds)}"
        if text != self._text:
            self._shown_at = now
            wider = len(text) != len(self._text)
            self._text = text
            self.update()
            if wider:
                self.updateGeometry()

    def sizeHint(self) -> QSize:
        metrics = QFontMetrics(font())
        return QSize(metrics.horizontalAdvance(self._text) + 2, metrics.height())

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), color("panel"))
        painter.setFont(font())
        painter.setPen(color("text" if self.isEnabled() else "control"))
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, self._text)
        painter.end()
