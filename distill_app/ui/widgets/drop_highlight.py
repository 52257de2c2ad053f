"""Frame and caption drawn over the part of the window that a drop would go to."""

from PySide6.QtCore import QPoint, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from distill_app.ui.style.theme import GRID, color, strong_font

_RADIUS, _LINE = 8, 2
_TINT = 0.12


class DropHighlight(QWidget):
    """Transparent overlay of its parent; hidden while nothing is dragged."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._parent, self.text, self.target = parent, "", QRect()
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()

    def show_over(self, target: QRect, text: str) -> None:
        """Frames the rectangle `target`, in coordinates of the parent."""
        if (target, text) == (self.target, self.text) and self.isVisible():
            return
        self.target, self.text = target, text
        self.setAccessibleName(text)
        self.setGeometry(self._parent.rect())
        self.show()
        self.raise_()
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        half = _LINE / 2
        painter.setPen(QPen(color("accent"), _LINE))
        painter.setBrush(color("accent", _TINT))
        painter.drawRoundedRect(QRectF(self.target).adjusted(half, half, -half, -half), _RADIUS, _RADIUS)
        self._paint_caption(painter)
        painter.end()

    def _paint_caption(self, painter: QPainter) -> None:
        painter.setFont(strong_font())
        box = self._caption_box(painter.fontMetrics().size(0, self.text))
        text = painter.fontMetrics().elidedText(self.text, Qt.TextElideMode.ElideMiddle, box.width() - 2 * GRID)
        painter.setPen(QPen(color("accent"), 1))
        painter.setBrush(color("raised"))
        painter.drawRoundedRect(box, 6, 6)
        painter.setPen(color("text"))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)

    def _caption_box(self, text: QSize) -> QRect:
        """Box of the caption: in the middle of a large target, beside a small one such as a list row."""
        size = QSize(min(text.width() + 4 * GRID, self.width() - 4 * GRID), text.height() + 2 * GRID)
        box = QRect(QPoint(), size)
        box.moveCenter(self.target.center())
        if self.target.height() < 2 * size.height():
            box.moveLeft(min(self.target.right() + GRID, self.width() - size.width() - GRID))
        return box
