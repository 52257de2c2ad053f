"""Frame and caption drawn over the part of the window that a drop would go to."""

from PySide6.QtCore import QPoint, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from distill_app.ui.style.theme import GRID, color, strong_font

_RADIUS, _LINE = 8, 2
_TINT = 0.12


class DropHighlight(QWidget):
    """Lies over its parent, lets the pointer through, and is hidden while nothing is dragged."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._over, self.words, self.place = parent, "", QRect()
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()

    def show_at(self, place: QRect, words: str) -> None:
        """Frames `place`, in coordinates of the parent."""
        if (place, words) == (self.place, self.words) and self.isVisible():
            return
        self.place, self.words = place, words
        self.setAccessibleName(words)
        self.setGeometry(self._over.rect())
        self.show()
        self.raise_()
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        half = _LINE / 2
        painter.setPen(QPen(color("accent"), _LINE))
        painter.setBrush(color("accent", _TINT))
        painter.drawRoundedRect(QRectF(self.place).adjusted(half, half, -half, -half), _RADIUS, _RADIUS)
        self._paint_words(painter)
        painter.end()

    def _paint_words(self, painter: QPainter) -> None:
        painter.setFont(strong_font())
        box = self._words_box(painter.fontMetrics().size(0, self.words))
        words = painter.fontMetrics().elidedText(self.words, Qt.TextElideMode.ElideMiddle, box.width() - 2 * GRID)
        painter.setPen(QPen(color("accent"), 1))
        painter.setBrush(color("raised"))
        painter.drawRoundedRect(box, 6, 6)
        painter.setPen(color("text"))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, words)

    def _words_box(self, words: QSize) -> QRect:
        """Box of the words: in the middle of a large place, beside a small one, as a list row, whose name is seen."""
        size = QSize(min(words.width() + 4 * GRID, self.width() - 4 * GRID), words.height() + 2 * GRID)
        box = QRect(QPoint(), size)
        box.moveCenter(self.place.center())
        if self.place.height() < 2 * size.height():
            box.moveLeft(min(self.place.right() + GRID, self.width() - size.width() - GRID))
        return box
