"""Position and length of the sound."""

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from distill_app.ui.theme import color, font
from distill_app.ui.wording import clock


class TimeLabel(QWidget):
    """`0:01.62 / 0:04.00`. Painted, not a label: a label whose text changes lays the whole window out anew."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._text = ""
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("Position and length")
        self.set_times(0.0, 0.0)

    def text(self) -> str:
        return self._text

    def set_times(self, position: float, seconds: float) -> None:
        text = f"{clock(position)} / {clock(seconds)}"
        if text != self._text:
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
        painter.setFont(font())
        painter.setPen(color("text" if self.isEnabled() else "control"))
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, self._text)
        painter.end()
