"""How loud it is now: peak level with hold and a clip light."""

import math
import time
from collections.abc import Callable

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from distill_app.ui.theme import caption_font, color
from distill_app.ui.wording import decibels

FLOOR_DB = -60.0
_FALL_DB_PER_SECOND, _HOLD_SECONDS = 24.0, 1.5
_LIGHT, _GAP, _FOOT, _WIDTH = 8.0, 4.0, 24.0, 6.0


class LevelMeter(QWidget):
    """Fed with peaks in dBFS by a timer; a click clears the clip light."""

    cleared = Signal()

    def __init__(self, now: Callable[[], float] = time.monotonic, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._now = now
        self._shown_db = self._hold_db = -math.inf
        self._held_at = self._updated_at = now()
        self.clipped = False
        self.setFixedWidth(40)
        self.setMinimumHeight(80)
        self.setAccessibleName("Level")
        self.setToolTip("Peak level in dBFS; the light stays on after a clip, click to clear it")

    @property
    def level_db(self) -> float:
        return self._shown_db

    @property
    def hold_db(self) -> float:
        return self._hold_db

    def feed(self, peak_db: float, clipped: bool = False) -> None:
        """A new peak: rises at once, falls 24 dB a second, the hold mark stays 1.5 s."""
        now = self._now()
        fallen = self._shown_db - _FALL_DB_PER_SECOND * (now - self._updated_at)
        self._updated_at = now
        self._shown_db = _audible(max(peak_db, fallen))
        if peak_db >= self._hold_db or now - self._held_at > _HOLD_SECONDS:
            self._hold_db, self._held_at = _audible(max(peak_db, self._shown_db)), now
        self.clipped = self.clipped or clipped
        self.setAccessibleDescription(decibels(self._hold_db) + (", clipped" if self.clipped else ""))
        self.update()

    def clear(self) -> None:
        self.clipped = False
        self.cleared.emit()
        self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.clear()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        left = (self.width() - _WIDTH) / 2
        self._block(painter, QRectF(left, 0, _WIDTH, _LIGHT), "accent_soft" if self.clipped else "raised")
        bar = QRectF(left, _LIGHT + _GAP, _WIDTH, self.height() - _LIGHT - _GAP - _FOOT)
        self._block(painter, bar, "raised")
        self._paint_level(painter, bar)
        self._paint_foot(painter)
        painter.end()

    def _block(self, painter: QPainter, rect: QRectF, token: str) -> None:
        painter.setBrush(color(token))
        painter.drawRoundedRect(rect, 2, 2)

    def _paint_level(self, painter: QPainter, bar: QRectF) -> None:
        if self._shown_db > FLOOR_DB:
            self._block(painter, bar.adjusted(0, bar.height() * _depth(self._shown_db), 0, 0), "accent")
        if self._hold_db > FLOOR_DB:
            y = bar.top() + bar.height() * _depth(self._hold_db)
            painter.fillRect(QRectF(bar.left(), y, bar.width(), 1.5), color("text"))

    def _paint_foot(self, painter: QPainter) -> None:
        painter.setFont(caption_font())
        painter.setPen(color("accent_soft" if self.clipped else "muted"))
        text = "clip" if self.clipped else decibels(self._hold_db).removesuffix(" dB")
        painter.drawText(self.rect().adjusted(0, self.height() - 18, 0, 0), Qt.AlignmentFlag.AlignCenter, text)


def _audible(level_db: float) -> float:
    return level_db if level_db > FLOOR_DB else -math.inf


def _depth(level_db: float) -> float:
    """0 at full scale, 1 at the floor."""
    return min(max(level_db / FLOOR_DB, 0.0), 1.0)
