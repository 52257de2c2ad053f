"""Area of a page where messages may lie: never on an axis, a table row or a button."""

from typing import Protocol

from PySide6.QtCore import QRect
from PySide6.QtWidgets import QSizePolicy, QWidget

from distill_app.ui.style.theme import GRID


class MessageArea(Protocol):
    """Part of a page, in which a message lies at the lower right."""

    @property
    def widget(self) -> QWidget:
        """Widget that contains the area; the message follows it when it moves."""
        ...

    def area(self, height: int) -> QRect:
        """For a message `height` pixels high, in the coordinates of `widget`."""
        ...

    def hold(self, height: int) -> None:
        """Keeps so much room free; none for 0."""
        ...


class MessageRow(QWidget):
    """A row of a layout that is there only while a message lies in it."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._within = parent
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.hide()

    @property
    def widget(self) -> QWidget:
        return self

    def area(self, height: int) -> QRect:
        """The whole row, as wide as its parent also before it shows."""
        return QRect(0, 0, self._within.width(), self.height())

    def hold(self, height: int) -> None:
        if self.isHidden() == (height > 0) or height != self.height():
            self.setFixedHeight(height)
            self.setVisible(height > 0)
            layout = self._within.layout()
            assert layout is not None
            layout.activate()  # now: a message that comes is put into place at once


def inside(area: QRect) -> QRect:
    """The area without a margin, for messages over a picture."""
    return area.adjusted(GRID, GRID, -GRID, -GRID)
