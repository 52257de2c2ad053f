"""How a slider is drawn."""

from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPen

from distill_app.ui.style import icons
from distill_app.ui.style.theme import caption_font, color, font
from distill_app.ui.widgets.value_scale import Scale

_TRACK, _RADIUS, _RING = 4.0, 6.0, 2.0
_INSET = _RADIUS + _RING
_HATCH = 5.0  # from one stripe to the next
_BEYOND = "beyond the corpus"


@dataclass(frozen=True)
class SliderStyle:
    """Measures of a slider: its height, the middle of its track, and whether its name is a caption."""

    height: int = 44
    label_height: int = 20
    track_y: int = 32
    caption: bool = False


COMPACT = SliderStyle(height=52, label_height=16, track_y=36, caption=True)
"""Beside other controls that stand under their caption."""
BARE = SliderStyle(height=32, label_height=0, track_y=16)
"""The track alone."""


class SliderPainter:
    """Name and value above, the track below, filled from the origin to the handle."""

    def __init__(self, name: str, scale: Scale, look: SliderStyle) -> None:
        self.name, self.scale, self.look = name, scale, look
        self.mark: str | None = None
        """Icon after the name."""
        self._font = caption_font() if look.caption else font()

    def travel(self, rect: QRect) -> float:
        """Pixels the handle's centre can go."""
        return rect.width() - 2 * _INSET

    def x(self, rect: QRect, value: float) -> float:
        return rect.left() + _INSET + self.scale.fraction(value) * self.travel(rect)

    def value_rect(self, rect: QRect) -> QRect:
        return QRect(rect.right() - 63, rect.top(), 64, self.look.label_height)

    def mark_rect(self, rect: QRect) -> QRect:
        left = rect.left() + QFontMetrics(self._font).horizontalAdvance(self._name_text(rect)) + 4
        return QRect(left, rect.top() + (self.look.label_height - 16) // 2, 16, 16)

    def _name_text(self, rect: QRect) -> str:
        room = rect.width() - 64 - 24
        return QFontMetrics(self._font).elidedText(self.name, Qt.TextElideMode.ElideRight, room)

    def paint(self, painter: QPainter, rect: QRect, value: float, enabled: bool, focus: bool) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self.look.label_height:
            self._paint_text(painter, rect, value, enabled)
        self._paint_track(painter, rect, enabled)
        if enabled:
            self._paint_fill(painter, rect, value)
        self._paint_handle(painter, rect, value, enabled, focus)

    def _paint_text(self, painter: QPainter, rect: QRect, value: float, enabled: bool) -> None:
        line = rect.adjusted(0, 0, 0, self.look.label_height - rect.height())
        beyond = self.scale.is_beyond(value)
        painter.setFont(self._font)
        painter.setPen(color("control" if not enabled else "muted" if self.look.caption else "text"))
        painter.drawText(line, _LEFT, self._name_text(rect))
        painter.setPen(color("control" if not enabled else "caution" if beyond else "muted"))
        painter.drawText(line, _RIGHT, self.scale.text(value))
        if beyond and self._room_for_beyond(rect):
            painter.setFont(caption_font())
            painter.drawText(line.adjusted(0, 0, -48, 0), _RIGHT, _BEYOND)
        if self.mark is not None:
            spot = self.mark_rect(rect)
            painter.drawPixmap(spot, icons.pixmap(self.mark, "muted", 16, painter.device().devicePixelRatioF()))

    def _room_for_beyond(self, rect: QRect) -> bool:
        words = QFontMetrics(caption_font()).horizontalAdvance(_BEYOND)
        return self.mark_rect(rect).right() + 8 + words + 48 < rect.right()

    def _paint_track(self, painter: QPainter, rect: QRect, enabled: bool) -> None:
        left, right, inner = rect.left(), rect.right() + 1, self.scale.inner
        marked = inner is not None and enabled
        low, high = (self.x(rect, -inner), self.x(rect, inner)) if inner is not None and marked else (left, right)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(color("track" if enabled else "line"))
        painter.drawRoundedRect(self._bar(rect, low, high), 2, 2)
        if not marked or inner is None:
            return
        self._paint_hatch(painter, self._bar(rect, left, low))
        self._paint_hatch(painter, self._bar(rect, high, right))
        for value, reach in ((-inner, 3), (0.0, 5), (inner, 3)):
            x = round(self.x(rect, value))
            painter.fillRect(QRectF(x - 0.5, rect.top() + self.look.track_y - reach, 1, 2 * reach), color("muted"))

    @staticmethod
    def _paint_hatch(painter: QPainter, bar: QRectF) -> None:
        """Slanted stripes: what lies beyond the corpus is told by its form, and by its colour too."""
        painter.save()
        painter.setClipRect(bar)
        painter.setPen(QPen(color("beyond"), _HATCH / 2))
        for number in range(int((bar.width() + bar.height()) / _HATCH) + 1):
            foot = bar.left() + number * _HATCH
            painter.drawLine(QPointF(foot - bar.height() - 1, bar.bottom() + 1), QPointF(foot + 1, bar.top() - 1))
        painter.restore()

    def _paint_fill(self, painter: QPainter, rect: QRect, value: float) -> None:
        inner, origin = self.scale.inner, self.scale.fill_from
        within = value if inner is None else max(-inner, min(inner, value))
        painter.setPen(Qt.PenStyle.NoPen)
        start = rect.left() if origin == self.scale.low else self.x(rect, origin)
        painter.fillRect(self._bar(rect, start, self.x(rect, within)), color("accent"))
        if within != value:
            painter.fillRect(self._bar(rect, self.x(rect, within), self.x(rect, value)), color("caution"))

    def _bar(self, rect: QRect, start: float, end: float) -> QRectF:
        top = rect.top() + self.look.track_y - _TRACK / 2
        return QRectF(min(start, end), top, abs(end - start), _TRACK)

    def _paint_handle(self, painter: QPainter, rect: QRect, value: float, enabled: bool, focus: bool) -> None:
        centre = QPointF(self.x(rect, value), rect.top() + self.look.track_y)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(color("focus" if focus else "panel"))
        painter.drawEllipse(centre, _RADIUS + _RING, _RADIUS + _RING)
        painter.setBrush(color("text" if enabled else "control"))
        painter.drawEllipse(centre, _RADIUS, _RADIUS)


_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
