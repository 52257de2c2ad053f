"""A thin line that fills, or wanders while nobody knows how far it is."""

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter

from distill_app.ui.style.theme import color

LINE = 4.0
TICK_MS = 40
"""How often a line that wanders is painted."""
_WAY_MS = 1200


def wandered(phase: float) -> float:
    """The phase one tick later."""
    return (phase + TICK_MS / _WAY_MS) % 1


def paint_track(painter: QPainter, track: QRectF, fraction: float, phase: float) -> None:
    """`fraction` 0 … 1 of the line; where it is 0 a quarter of it wanders, `phase` 0 … 1 of its way."""
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(color("track"))
    painter.drawRoundedRect(track, 2, 2)
    painter.setBrush(color("accent"))
    painter.setClipRect(track)
    if fraction > 0:
        painter.drawRoundedRect(track.adjusted(0, 0, -track.width() * (1 - min(fraction, 1)), 0), 2, 2)
    else:
        part = track.width() / 4
        start = track.left() - part + phase * (track.width() + part)
        painter.drawRoundedRect(QRectF(start, track.top(), part, track.height()), 2, 2)
