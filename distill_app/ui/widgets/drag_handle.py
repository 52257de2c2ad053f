"""Button from which a file is dragged out of the window, into a DAW or a folder."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDrag, QMouseEvent
from PySide6.QtWidgets import QApplication

from distill_app.ui.translation import tr
from distill_app.ui.widgets.controls import Button

WriteFile = Callable[[Callable[[Path], object]], object]
"""Writes a file, and calls the function given to it with its path."""


class DragHandle(Button):
    """Starts a drag of a file that is written only then; where that takes a moment, the pointer shows it.

    Args:
        write: has the file written, and calls the function given to it with its path.
    """

    def __init__(self, write: WriteFile) -> None:
        tip = tr("Drag this sound into your DAW or a folder; a click exports it")
        super().__init__("", "quiet", tip, "drag")
        self._write, self._waiting = write, False
        self._start: QPointF | None = None
        self.setAccessibleName(tr("Drag or export this sound"))
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._start = event.position()
        super().mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Starts a drag once the pointer has moved far enough; the button is then not clicked."""
        if self._start is None:
            return
        if (event.position() - self._start).manhattanLength() >= QApplication.startDragDistance():
            self._start, self._waiting = None, True
            self.setDown(False)
            self.setCursor(Qt.CursorShape.BusyCursor)
            self._write(self._drag)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Gives the drag up where its file is not written yet."""
        self._end_waiting()
        super().mouseReleaseEvent(event)

    def _drag(self, path: Path) -> None:
        if self._waiting:
            self._end_waiting()
            self.start_drag(path)

    def _end_waiting(self) -> None:
        self._waiting = False
        self.unsetCursor()

    def start_drag(self, path: Path) -> None:
        data, drag = QMimeData(), QDrag(self)
        data.setUrls([QUrl.fromLocalFile(str(path))])
        drag.setMimeData(data)
        drag.exec(Qt.DropAction.CopyAction)
