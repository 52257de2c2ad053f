"""Measurement of the painted area of a widget."""

from PySide6.QtCore import QEvent, QObject
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QWidget


class PaintedArea(QObject):
    """List to which the number of pixels of each repaint of `widget` is appended, as its bounding box."""

    def __init__(self, widget: QWidget) -> None:
        super().__init__(widget)
        self.pixels: list[int] = []
        widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        if isinstance(event, QPaintEvent):
            box = event.region().boundingRect()
            self.pixels.append(box.width() * box.height())
        return False
