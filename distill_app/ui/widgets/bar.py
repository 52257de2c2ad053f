"""A thin line that fills."""

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from distill_app.ui.widgets.track import LINE, paint_track


class Bar(QWidget):
    """As wide as there is room."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.fraction = 0.0
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFixedHeight(int(LINE) + 2)

    def set_fraction(self, fraction: float) -> None:
        """0 … 1; at 0 a quarter of the line stands at its left end."""
        if fraction != self.fraction:
            self.fraction = fraction
            self.update()

    def sizeHint(self) -> QSize:
        return QSize(160, int(LINE) + 2)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        paint_track(painter, QRectF(0, 1, self.width(), LINE), self.fraction, 0.0)
        painter.end()
