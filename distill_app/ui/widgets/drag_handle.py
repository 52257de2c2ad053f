"""Button from which a file is dragged out of the window, into a DAW or a folder."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDrag, QMouseEvent
from PySide6.QtWidgets import QApplication

from distill_app.ui.translation import tr
from distill_app.ui.widgets.controls import Button


class DragHandle(Button):
    """Starts a drag of a file that is written only then.

    Args:
        write: writes the file and returns its path; None where there is nothing to write.
    """

    def __init__(self, write: Callable[[], Path | None]) -> None:
        tip = tr("Drag this sound into your DAW or a folder; a click exports it")
        super().__init__("", "quiet", tip, "drag")
        self._write = write
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
