"""Painting of a value slider."""

from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPen

from distill_app.ui.style import icons
from distill_app.ui.style.theme import caption_font, color, font
from distill_app.ui.translation import tr
from distill_app.ui.widgets.value_scale import ValueScale

_TRACK, _RADIUS, _RING = 4.0, 6.0, 2.0
_INSET = _RADIUS + _RING
_HATCH = 5.0
"""Distance between two stripes of the hatching, in pixels."""


@dataclass(frozen=True)
class SliderStyle:
    """Metrics of a slider in pixels, and whether its name is set in the caption font.

    Args:
        value_width: of the value above the track.
        mark_width: kept free for an icon between name and value.
    """

    height: int = 44
    label_height: int = 20
    track_y: int = 32
    value_width: int = 64
    mark_width: int = 24
    caption: bool = False


COMPACT = SliderStyle(height=52, label_height=16, track_y=36, value_width=36, mark_width=4, caption=True)
"""For sliders beside other controls with captions."""
BARE = SliderStyle(height=32, label_height=0, track_y=16)
"""For sliders without name and value: the track alone."""


class SliderPainter:
    """Paints name and value above the track, which is filled from the origin to the handle."""

    def __init__(self, name: str, scale: ValueScale, style: SliderStyle) -> None:
        self.name, self.scale, self.style = name, scale, style
        self.mark: str | None = None
        """Name of the icon after the slider's name, which can be clicked."""
        self.badge: str | None = None
        """Name of an icon before that one, which cannot."""
        self._font = caption_font() if style.caption else font()

    def travel(self, rect: QRect) -> float:
        """Distance in pixels that the centre of the handle can move."""
        return rect.width() - 2 * _INSET

    def x(self, rect: QRect, value: float) -> float:
        return rect.left() + _INSET + self.scale.fraction(value) * self.travel(rect)

    def value_rect(self, rect: QRect) -> QRect:
        width = self.style.value_width
        return QRect(rect.right() + 1 - width, rect.top(), width, self.style.label_height)

    def mark_rect(self, rect: QRect) -> QRect:
        return self._badge_rect(rect).translated(0 if self.badge is None else 18, 0)

    def _badge_rect(self, rect: QRect) -> QRect:
        left = rect.left() + QFontMetrics(self._font).horizontalAdvance(self._name_text(rect)) + 4
        return QRect(left, rect.top() + (self.style.label_height - 16) // 2, 16, 16)

    def _name_text(self, rect: QRect) -> str:
        room = rect.width() - self.style.value_width - self.style.mark_width - (0 if self.badge is None else 18)
        return QFontMetrics(self._font).elidedText(self.name, Qt.TextElideMode.ElideRight, room)

    def paint(self, painter: QPainter, rect: QRect, value: float, enabled: bool, focus: bool) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self.style.label_height:
            self._paint_text(painter, rect, value, enabled)
        self._paint_track(painter, rect, enabled)
        if enabled:
            self._paint_fill(painter, rect, value)
        self._paint_handle(painter, rect, value, enabled, focus)

    def _paint_text(self, painter: QPainter, rect: QRect, value: float, enabled: bool) -> None:
        line = rect.adjusted(0, 0, 0, self.style.label_height - rect.height())
        out_of_range = self.scale.is_out_of_range(value)
        painter.setFont(self._font)
        painter.setPen(color("control" if not enabled else "muted" if self.style.caption else "text"))
        painter.drawText(line, _LEFT, self._name_text(rect))
        painter.setPen(color("control" if not enabled else "caution" if out_of_range else "muted"))
        painter.drawText(line, _RIGHT, self.scale.text(value))
        if out_of_range and self._has_room_for_mark(rect):
            painter.setFont(caption_font())
            painter.drawText(line.adjusted(0, 0, -48, 0), _RIGHT, tr("out of range"))
        for name, spot in ((self.badge, self._badge_rect(rect)), (self.mark, self.mark_rect(rect))):
            if name is not None:
                painter.drawPixmap(spot, icons.pixmap(name, "muted", 16, painter.device().devicePixelRatioF()))

    def _has_room_for_mark(self, rect: QRect) -> bool:
        width = QFontMetrics(caption_font()).horizontalAdvance(tr("out of range"))
        return self.mark_rect(rect).right() + 8 + width + 48 < rect.right()

    def _paint_track(self, painter: QPainter, rect: QRect, enabled: bool) -> None:
        left, right, inner = rect.left(), rect.right() + 1, self.scale.inner
        outer = inner is not None and enabled and self.scale.has_outer
        low, high = (self.x(rect, -inner), self.x(rect, inner)) if inner is not None and outer else (left, right)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(color("track" if enabled else "line"))
        painter.drawRoundedRect(self._bar(rect, low, high), 2, 2)
        if inner is None or not enabled:
            return
        if outer:
            self._paint_hatch(painter, self._bar(rect, left, low))
            self._paint_hatch(painter, self._bar(rect, high, right))
        for value, reach in ((-inner, 3), (0.0, 5), (inner, 3)) if outer else ((0.0, 5),):
            x = round(self.x(rect, value))
            painter.fillRect(QRectF(x - 0.5, rect.top() + self.style.track_y - reach, 1, 2 * reach), color("muted"))

    @staticmethod
    def _paint_hatch(painter: QPainter, bar: QRectF) -> None:
        """Paints slanted stripes, so that the outer range differs by form and not by colour alone."""
        painter.save()
        painter.setClipRect(bar)
        painter.setPen(QPen(color("out_of_range"), _HATCH / 2))
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
        top = rect.top() + self.style.track_y - _TRACK / 2
        return QRectF(min(start, end), top, abs(end - start), _TRACK)

    def _paint_handle(self, painter: QPainter, rect: QRect, value: float, enabled: bool, focus: bool) -> None:
        centre = QPointF(self.x(rect, value), rect.top() + self.style.track_y)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(color("focus" if focus else "panel"))
        painter.drawEllipse(centre, _RADIUS + _RING, _RADIUS + _RING)
        painter.setBrush(color("text" if enabled else "control"))
        painter.drawEllipse(centre, _RADIUS, _RADIUS)


_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
