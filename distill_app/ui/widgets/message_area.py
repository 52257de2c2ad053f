"""Area of a page where messages may appear without covering an axis, a table row or a button."""

from typing import Protocol

from PySide6.QtCore import QRect
from PySide6.QtWidgets import QSizePolicy, QWidget

from distill_app.ui.style.theme import GRID


class MessageArea(Protocol):
    """Part of a page; a message appears at its lower right."""

    @property
    def widget(self) -> QWidget:
        """Widget that contains the area; the message moves with it."""
        ...

    def area(self, height: int) -> QRect:
        """Area for a message `height` pixels high, in coordinates of `widget`."""
        ...

    def reserve(self, height: int) -> None:
        """Reserves a height in pixels; 0 releases it."""
        ...


class MessageRow(QWidget):
    """Row of a layout that is visible only while it contains a message."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._parent = parent
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.hide()

    @property
    def widget(self) -> QWidget:
        return self

    def area(self, height: int) -> QRect:
        """The whole row, as wide as its parent even before it is shown."""
        return QRect(0, 0, self._parent.width(), self.height())

    def reserve(self, height: int) -> None:
        if self.isHidden() == (height > 0) or height != self.height():
            self.setFixedHeight(height)
            self.setVisible(height > 0)
            layout = self._parent.layout()
            assert layout is not None
            layout.activate()  # at once: the message is positioned right after this call


def inside(area: QRect) -> QRect:
    """Area less a margin, for messages over a picture."""
    return area.adjusted(GRID, GRID, -GRID, -GRID)
