"""The main window: panels on one grid, bound to the session."""

from collections.abc import Callable
from pathlib import Path
from typing import cast

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent, QIcon, QPaintEvent, QShowEvent
from PySide6.QtWidgets import QGridLayout, QMainWindow, QWidget

from distill_app.generation.config import Mode
from distill_app.models.header import SUFFIX
from distill_app.paths import RESOURCES
from distill_app.ui.panels.picture import PicturePanel
from distill_app.ui.panels.shape import ShapePanel
from distill_app.ui.panels.source import SourcePanel
from distill_app.ui.panels.status import StatusBar
from distill_app.ui.panels.transport import TransportPanel
from distill_app.ui.playback import Playback
from distill_app.ui.session import Session
from distill_app.ui.theme import GRID, LEFT_COLUMN
from distill_app.ui.widgets.toast import Toast

_TOAST_BOTTOM = 3 * GRID + 2 * GRID + 132 + 2 * GRID


class MainWindow(QMainWindow):
    """Shows the session and asks it for changes; what needs the engine goes out as signals."""

    model_asked = Signal(Path)
    folder_dropped = Signal(Path)
    """A folder that may hold a vocoder."""
    closed = Signal()
    model_enabled = Signal(bool)
    """Whether there is a model to play."""
    sound_enabled = Signal(bool)
    """Whether there is a sound to export and to drag."""
    painted = Signal()
    """The window stands on the screen for the first time."""

    def __init__(self, session: Session, write_sound: Callable[[], Path | None]) -> None:
        super().__init__()
        self.session = session
        self._painted = False
        self.source, self.shape = SourcePanel(), ShapePanel()
        self.picture, self.transport = PicturePanel(write_sound), TransportPanel()
        self.status = StatusBar()
        self._set_up()
        self.toast = Toast(self, self.picture, _TOAST_BOTTOM)
        self._bind_hand()
        self._bind_session()
        self.show_request()

    def _set_up(self) -> None:
        self.setWindowTitle("Distill")
        self.setWindowIcon(QIcon(str(RESOURCES / "icons" / "app.svg")))
        self.setAcceptDrops(True)
        self.setMinimumSize(960, 600)
        self.resize(1200, 720)
        self.setStatusBar(self.status)
        self.setCentralWidget(self._panels())

    def _panels(self) -> QWidget:
        body = QWidget()
        grid = QGridLayout(body)
        grid.setContentsMargins(2 * GRID, GRID, 2 * GRID, 2 * GRID)
        grid.setSpacing(2 * GRID)
        self.source.setFixedWidth(LEFT_COLUMN)
        self.shape.setFixedWidth(LEFT_COLUMN)
        left = QGridLayout()
        left.setSpacing(2 * GRID)
        left.addWidget(self.source, 0, 0)
        left.addWidget(self.shape, 1, 0)
        left.setRowStretch(1, 1)
        grid.addLayout(left, 0, 0, 2, 1)
        grid.addWidget(self.picture, 0, 1)
        grid.addWidget(self.transport, 1, 1)
        grid.setColumnStretch(1, 1)
        grid.setRowStretch(0, 1)
        return body

    def _bind_hand(self) -> None:
        session = self.session
        self.shape.slider_moved.connect(session.audition_slider)
        self.shape.slider_released.connect(session.set_slider)
        self.shape.lock_toggled.connect(session.set_locked)
        self.shape.surprise_asked.connect(session.surprise)
        self.source.model_chosen.connect(self.model_asked)
        self.transport.mode_chosen.connect(lambda mode: session.set_mode(cast(Mode, mode)))
        self.transport.seconds_edited.connect(session.set_seconds)
        self.transport.drift_released.connect(session.set_drift)
        self.transport.seed_edited.connect(session.set_seed)
        self.transport.new_seed_asked.connect(session.new_seed)
        self.picture.undo_asked.connect(self.undo)
        self.picture.redo_asked.connect(self.redo)
        self.picture.slot_chosen.connect(session.choose_slot)

    def _bind_session(self) -> None:
        self.session.changed.connect(self.show_request)
        self.session.model_changed.connect(self._show_model)
        self.session.locks_changed.connect(lambda: self.shape.show_locks(self.session.locks))
        self.session.history.canUndoChanged.connect(self.picture.undo.setEnabled)
        self.session.history.canRedoChanged.connect(self.picture.redo.setEnabled)

    def undo(self) -> None:
        """The last gesture, also one that has not quite ended."""
        self.finish_gestures()
        self.session.history.undo()

    def redo(self) -> None:
        self.finish_gestures()
        self.session.history.redo()

    def finish_gestures(self) -> None:
        self.shape.finish_gestures()
        self.transport.finish_gestures()

    def show_request(self) -> None:
        """Every panel shows the session, silently."""
        session = self.session
        self.shape.show_values(session.config.sliders)
        self.transport.show_config(session.config)
        self.picture.show_slot(session.slot)
        self.picture.undo.setEnabled(session.history.canUndo())
        self.picture.redo.setEnabled(session.history.canRedo())
        if session.request is not None:
            self.source.show_vocoder(session.request.vocoder)
        self._enable(session.request is not None)

    def _enable(self, enabled: bool) -> None:
        transport, picture = self.transport, self.picture
        making: list[QWidget] = [transport.mode, transport.seconds, transport.drift, transport.seed, transport.new_seed]
        for widget in (self.shape.surprise, self.shape.amount, transport.play, *making, *picture.slots.values()):
            widget.setEnabled(enabled)
        self.model_enabled.emit(enabled)

    def enable_sound(self, enabled: bool) -> None:
        """Whether there is a sound to export and to drag."""
        self.transport.export.setEnabled(enabled)
        self.picture.handle.setEnabled(enabled)
        self.sound_enabled.emit(enabled)

    def show_playback(self, playback: Playback) -> None:
        """What the player does now."""
        seconds = 0.0 if playback.sound is None else playback.sound.seconds
        position, playing = min(playback.position, seconds), playback.playing
        self.transport.show_playing(playing or playback.waiting)
        self.transport.time.set_times(position, seconds)
        self.picture.set_playhead(position if playing or position > 0 else None)
        self.picture.meter.feed(playback.peak_dbfs, playback.clipped, playback.limited)
        self.picture.show_playing(playing, playback.played)

    def _show_model(self) -> None:
        header = self.session.header
        self.shape.set_axes(() if header is None else header.axes)
        self.shape.show_locks(self.session.locks)
        self.setWindowTitle("Distill" if header is None else f"{header.name} — Distill")

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if _dropped(event) is not None:
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        path = _dropped(event)
        if path is not None:
            event.acceptProposedAction()
            (self.folder_dropped if path.is_dir() else self.model_asked).emit(path)

    def showEvent(self, event: QShowEvent) -> None:
        """No control has the focus at first: the keys are the shortcuts'."""
        super().showEvent(event)
        self.setFocus()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if not self._painted:
            self._painted = True
            QTimer.singleShot(0, self.painted.emit)

    def closeEvent(self, event: QCloseEvent) -> None:
        self.closed.emit()
        super().closeEvent(event)


def _dropped(event: QDropEvent) -> Path | None:
    """A model, or a folder."""
    paths = [Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()]
    return next((path for path in paths if path.suffix == SUFFIX or path.is_dir()), None)
