"""Opening models, and the list of those opened lately."""

from dataclasses import replace
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QFileDialog

from distill_app.common.errors import ModelFileError
from distill_app.common.paths import STARTER_MODEL
from distill_app.models.header import SUFFIX, ModelHeader
from distill_app.ui.app.main_window import MainWindow
from distill_app.ui.common.protocols import RenderWorkerProtocol
from distill_app.ui.common.window_settings import WindowSettings
from distill_app.ui.play.render_controller import RenderController
from distill_app.ui.play.session import Session
from distill_app.ui.widgets.toast import Message


class ModelController(QObject):
    """Binds what in the window asks for a model to the session."""

    notified = Signal(object)
    """A Message."""

    def __init__(self, session: Session, window: MainWindow, memory: WindowSettings) -> None:
        super().__init__(window)
        self._session, self._window, self._memory = session, window, memory
        self._damaged: set[Path] = set()
        window.play.source.model_chosen.connect(self.open)
        window.play.source.open_asked.connect(self.ask)
        window.play.picture.open_asked.connect(self.ask)
        session.model_changed.connect(self._show)
        self._show()

    def use(self, rendering: RenderController, worker: RenderWorkerProtocol) -> None:
        """From now on models are loaded, and those that cannot be are no longer offered as if they could."""
        worker.model_failed.connect(partial(self._on_failed, rendering))

    def _on_failed(self, rendering: RenderController, path: Path) -> None:
        """A header that can be read is no whole model. What of it is heard goes on; the starter plays otherwise."""
        self._memory.forget(path)
        self._damaged.add(path)
        if rendering.shown is None and self._current == path != STARTER_MODEL:
            self.open(STARTER_MODEL)
        else:
            self._show()

    @property
    def _current(self) -> Path | None:
        return None if self._session.request is None else self._session.request.model

    def open(self, path: Path) -> bool:
        """Opens a model, or says why not and leaves everything as it was."""
        try:
            self._session.open_model(path)
        except ModelFileError as error:
            self._show()
            self.notified.emit(Message("error", str(error)))
            return False
        self._damaged.discard(path)
        self._memory.remember(path)
        self._show()
        return True

    def ask(self) -> None:
        name, _ = QFileDialog.getOpenFileName(self._window, "Open model", "", f"Distill models (*{SUFFIX})")
        if name:
            self.open(Path(name))

    def _show(self) -> None:
        entries = [(path, self._titled(path, header)) for path, header in self._memory.models(self._current)]
        self._window.play.source.show_models(entries, self._current)

    def _titled(self, path: Path, header: ModelHeader) -> ModelHeader:
        return replace(header, name=f"{header.name} (damaged)") if path in self._damaged else header
