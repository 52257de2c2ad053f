"""Level meter: peak level with hold, clip light and limiter indicator."""

import math
import time
from collections.abc import Callable
from typing import NamedTuple

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from distill_app.ui.style.format import decibels
from distill_app.ui.style.theme import caption_font, color
from distill_app.ui.translation import tr

FLOOR_DB = -60.0
_FALL_DB_PER_SECOND, _HOLD_SECONDS, _LIMIT_SECONDS = 24.0, 1.5, 0.6
_LIGHT, _LABEL, _GAP, _FOOT = 8.0, 16.0, 4.0, 24.0
_BAR, _BETWEEN = 6.0, 2.0
_WIDTH = 2 * _BAR + _BETWEEN
_TOP = _LIGHT + _LABEL + 2 * _GAP
_PAINT_SECONDS = 0.045
"""Least time between two repaints of the bar alone; more often would not be seen."""


class _Face(NamedTuple):
    """Everything that is painted; an equal one needs no repaint."""

    levels_half_db: tuple[int, ...]
    hold: str
    clipped: bool
    limited: bool
    limiting: bool


class LevelMeter(QWidget):
    """Shows the peaks of left and right in dBFS that a timer feeds it; a click clears the clip light."""

    cleared = Signal()
    """The user has cleared the clip light."""

    def __init__(self, now: Callable[[], float] = time.monotonic, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._now = now
        self._shown_db, self._hold_db = (-math.inf, -math.inf), -math.inf
        self._held_at = self._updated_at = now()
        self._limited_at = self._painted_at = -math.inf
        self.clipped = False
        self.limiting = True
        """Whether the limiter is on."""
        self._face = self._current_face()
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setFixedWidth(40)
        self.setMinimumHeight(80)
        self.setAccessibleName(tr("Level"))
        self.setToolTip(_tip())

    @property
    def level_db(self) -> float:
        """Level of the louder channel."""
        return max(self._shown_db)

    @property
    def limited(self) -> bool:
        """Whether the limiter reduced the level within the last 0.6 s."""
        return self._updated_at - self._limited_at < _LIMIT_SECONDS

    def feed(self, left_db: float, right_db: float, clipped: bool = False, limited: bool = False) -> None:
        """Takes new peaks: the bars rise at once and fall 24 dB/s, the hold mark of the louder stays for 1.5 s."""
        now = self._now()
        left, right = (shown - _FALL_DB_PER_SECOND * (now - self._updated_at) for shown in self._shown_db)
        self._updated_at = now
        self._shown_db = _gated(max(left_db, left)), _gated(max(right_db, right))
        if max(left_db, right_db) >= self._hold_db or now - self._held_at > _HOLD_SECONDS:
            self._hold_db, self._held_at = _gated(max(left_db, right_db, self.level_db)), now
        self.clipped = self.clipped or clipped
        if limited:
            self._limited_at = now
        self._show()

    def show_limiting(self, limiting: bool) -> None:
        """Shows whether the limiter is on."""
        if limiting != self.limiting:
            self.limiting = limiting
            self._show()

    def clear(self) -> None:
        self.clipped = False
        self.cleared.emit()
        self._show()

    def _current_face(self) -> _Face:
        half_db = tuple(round(2 * max(shown, FLOOR_DB)) for shown in self._shown_db)
        return _Face(half_db, decibels(self._hold_db), self.clipped, self.limited, self.limiting)

    def _show(self) -> None:
        face, before = self._current_face(), self._face
        if face == before:
            return
        if face._replace(levels_half_db=before.levels_half_db) != before:
            self._describe(face)
            self.update()
        elif self._updated_at - self._painted_at >= _PAINT_SECONDS:
            self.update(self._bars().toAlignedRect())
        else:
            return
        self._face, self._painted_at = face, self._updated_at

    def _describe(self, face: _Face) -> None:
        states = [face.hold, *[tr("clipped")] * face.clipped, *[tr("limited")] * face.limited]
        states += [] if face.limiting else [tr("limiter off")]
        self.setAccessibleDescription(", ".join(states))

    def _bars(self) -> QRectF:
        return QRectF((self.width() - _WIDTH) / 2, _TOP, _WIDTH, self.height() - _TOP - _FOOT)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.clear()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, bars = QPainter(self), self._bars()
        painter.fillRect(event.rect(), color("panel"))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        for number, shown_db in enumerate(self._shown_db):
            bar = QRectF(bars.left() + number * (_BAR + _BETWEEN), bars.top(), _BAR, bars.height())
            self._paint_empty(painter, bar)
            self._paint_level(painter, bar, shown_db)
        if event.rect().top() < _TOP:
            self._paint_lights(painter, bars.left())
            self._paint_foot(painter)
        painter.end()

    def _paint_lights(self, painter: QPainter, left: float) -> None:
        light = QRectF(left, 0, _WIDTH, _LIGHT)
        if self.clipped:
            self._block(painter, light, "accent_soft")
        else:
            self._paint_empty(painter, light)
        label = QRectF(4, _LIGHT + _GAP, self.width() - 8, _LABEL)
        self._block(painter, label, "caution" if self.limited else "raised" if self.limiting else "panel")
        label_font = caption_font()
        label_font.setStrikeOut(not self.limiting)
        painter.setFont(label_font)
        painter.setPen(color("window" if self.limited else "muted"))
        painter.drawText(label, Qt.AlignmentFlag.AlignCenter, tr("LIM"))
        painter.setPen(Qt.PenStyle.NoPen)

    def _block(self, painter: QPainter, rect: QRectF, token: str) -> None:
        painter.setBrush(color(token))
        painter.drawRoundedRect(rect, 2, 2)

    def _paint_empty(self, painter: QPainter, rect: QRectF) -> None:
        """Paints a frame that can be seen while nothing in it is lit."""
        self._block(painter, rect, "track")
        self._block(painter, rect.adjusted(1, 1, -1, -1), "raised")

    def _paint_level(self, painter: QPainter, bar: QRectF, shown_db: float) -> None:
        if shown_db > FLOOR_DB:
            self._block(painter, bar.adjusted(0, bar.height() * _depth(shown_db), 0, 0), "accent")
        if self._hold_db > FLOOR_DB:
            y = bar.top() + bar.height() * _depth(self._hold_db)
            painter.fillRect(QRectF(bar.left(), y, bar.width(), 1.5), color("text"))

    def _paint_foot(self, painter: QPainter) -> None:
        """Paints the level, or "clip" or "limit", so that no state is shown by colour alone."""
        painter.setFont(caption_font())
        painter.setPen(color("danger" if self.clipped else "caution" if self.limited else "muted"))
        number = decibels(self._hold_db).removesuffix(" dB")
        text = tr("clip") if self.clipped else tr("limit") if self.limited else number
        painter.drawText(self.rect().adjusted(0, self.height() - 18, 0, 0), Qt.AlignmentFlag.AlignCenter, text)


def _tip() -> str:
    return tr(
        "Peak level of left and right in dBFS, before the output volume.\n"
        "Upper light: louder than full scale; it stays on until a click or C clears it.\n"
        "LIM: the safety limiter; lit while it turns the sound down, struck out where it is off (Edit, Preferences)."
    )


def _gated(level_db: float) -> float:
    return level_db if level_db > FLOOR_DB else -math.inf


def _depth(level_db: float) -> float:
    """Distance from the top of the bar as a fraction: 0 at full scale, 1 at the floor."""
    return min(max(level_db / FLOOR_DB, 0.0), 1.0)
