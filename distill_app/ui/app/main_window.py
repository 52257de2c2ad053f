"""Main window: pages, menus, status bar, messages and drag and drop."""

from collections.abc import Callable

from PySide6.QtCore import QByteArray, QSize, QTimer, Signal
from PySide6.QtGui import (
    QCloseEvent,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDragMoveEvent,
    QDropEvent,
    QIcon,
    QPaintEvent,
    QShowEvent,
    QUndoGroup,
)
from PySide6.QtWidgets import QMainWindow

from distill_app.common.paths import RESOURCES
from distill_app.ui.app.drop_zone import DropZone
from distill_app.ui.app.pages import Pages
from distill_app.ui.app.status_bar import StatusBar
from distill_app.ui.common.screen_fit import fit_to_screen
from distill_app.ui.play.page import PlayPage
from distill_app.ui.play.session import Session
from distill_app.ui.translation import tr
from distill_app.ui.widgets.drag_handle import WriteFile
from distill_app.ui.widgets.toast import Toast

PLAY, TRAIN = "play", "train"
"""Names of the pages."""
_USUAL_SIZE = QSize(1200, 720)
_MINIMUM_SIZE = QSize(928, 440)
"""Leaves room for a title bar and a task bar on a screen of 960 × 540."""


class MainWindow(QMainWindow):
    """Main window with the Play page; further pages are added to `pages`.

    Args:
        write_sound: has the current sound written to a file for dragging.
    """

    closed = Signal()
    painted = Signal()
    """Emitted once, after the window was drawn for the first time."""

    def __init__(self, session: Session, write_sound: WriteFile) -> None:
        super().__init__()
        self._session, self._painted = session, False
        self.may_close: Callable[[], bool] = lambda: True
        """Whether the window may close now; it may ask the user."""
        self.histories = QUndoGroup(self)
        self.play = PlayPage(session, write_sound, self)
        self.pages, self.status = Pages(), StatusBar()
        self.drop_zone = DropZone(self)
        self._set_up()
        self.toast = Toast(self, self.play.messages)
        self._bind()
        self.pages.add(PLAY, tr("Play"), tr("The sounds of a model (Ctrl+1)"), lambda: self.play)

    def _set_up(self) -> None:
        self.setWindowTitle("Distill")
        self.setWindowIcon(QIcon(str(RESOURCES / "icons" / "app.svg")))
        self.setAcceptDrops(True)
        self.setMinimumSize(_MINIMUM_SIZE)
        self.resize(_USUAL_SIZE)
        self.setStatusBar(self.status)
        self.setCentralWidget(self.pages)

    def _bind(self) -> None:
        self.pages.changed.connect(self._on_page_changed)
        self.play.undo_asked.connect(self.undo)
        self.play.redo_asked.connect(self.redo)
        self._session.model_changed.connect(self._show_title)

    def _on_page_changed(self) -> None:
        page = self.pages.page
        self.histories.addStack(page.history)
        self.histories.setActiveStack(page.history)
        self.toast.move_to(page.messages)

    def undo(self) -> None:
        """Undoes the last gesture of the current page, committing one that is still under way first."""
        self.finish_gestures()
        self.histories.undo()

    def redo(self) -> None:
        self.finish_gestures()
        self.histories.redo()

    def finish_gestures(self) -> None:
        self.pages.page.finish_gestures()

    def _show_title(self) -> None:
        header = self._session.header
        self.setWindowTitle("Distill" if header is None else f"{header.name} — Distill")

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        self.drop_zone.enter(event)

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        self.drop_zone.move(event)

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        self.drop_zone.leave()

    def dropEvent(self, event: QDropEvent) -> None:
        self.drop_zone.drop(event)

    def restore(self, geometry: QByteArray) -> None:
        """Applies a saved geometry, if any, and fits the window to its screen."""
        self.restoreGeometry(geometry)
        fit_to_screen(self)

    def showEvent(self, event: QShowEvent) -> None:
        """Focuses the window itself, so that keys are shortcuts at first."""
        super().showEvent(event)
        self.setFocus()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if not self._painted:
            self._painted = True
            QTimer.singleShot(0, self._on_painted)

    def _on_painted(self) -> None:
        """Fits the window again: only now the size of the window manager's frame is known."""
        fit_to_screen(self)
        self.painted.emit()

    def closeEvent(self, event: QCloseEvent) -> None:
        if not self.may_close():
            event.ignore()
            return
        self.closed.emit()
        super().closeEvent(event)
