"""Drags the rendered sound out of the window, into a DAW or a folder; a click exports it."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDrag, QMouseEvent
from PySide6.QtWidgets import QApplication

from distill_app.ui.widgets.controls import Button


class DragHandle(Button):
    """`write` puts the sound into a file when a drag begins, and gives its path (None: there is none)."""

    def __init__(self, write: Callable[[], Path | None]) -> None:
        super().__init__("", "quiet", "Drag this sound into your DAW or a folder; a click exports it", "drag")
        self._write = write
        self._start: QPointF | None = None
        self.setAccessibleName("Drag or export this sound")
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._start = event.position()
        super().mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """A button that drags is not clicked."""
        if self._start is None:
            return
        if (event.position() - self._start).manhattanLength() >= QApplication.startDragDistance():
            self._start = None
            self.setDown(False)
            self.start_drag()

    def start_drag(self) -> None:
        data = self.mime_data()
        if data is not None:
            drag = QDrag(self)
            drag.setMimeData(data)
            drag.exec(Qt.DropAction.CopyAction)

    def mime_data(self) -> QMimeData | None:
        path = self._write()
        if path is None:
            return None
        data = QMimeData()
        data.setUrls([QUrl.fromLocalFile(str(path))])
        return data
