"""Opening of models, and the list of recent ones."""

from dataclasses import replace
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QFileDialog, QWidget

from distill_app.common.errors import ModelFileError
from distill_app.common.paths import STARTER_MODEL
from distill_app.models.header import SUFFIX, ModelHeader
from distill_app.ui.common.protocols import RenderWorkerProtocol
from distill_app.ui.common.window_settings import WindowSettings
from distill_app.ui.play.page import PlayPage
from distill_app.ui.play.render_controller import RenderController
from distill_app.ui.play.session import Session
from distill_app.ui.translation import tr
from distill_app.ui.widgets.toast import Message


class ModelController(QObject):
    """Binds the model list and the buttons that open models to the session.

    Args:
        window: parent of dialogs.
    """

    notified = Signal(object)
    """Message to show."""

    def __init__(self, session: Session, page: PlayPage, window_settings: WindowSettings, window: QWidget) -> None:
        super().__init__(window)
        self._session, self._source, self._window_settings = session, page.source, window_settings
        self._window = window
        self._damaged: set[Path] = set()
        page.source.model_chosen.connect(self.open)
        page.source.open_asked.connect(self.ask)
        page.picture.open_asked.connect(self.ask)
        session.model_changed.connect(self._show)
        self._show()

    def use(self, rendering: RenderController, worker: RenderWorkerProtocol) -> None:
        """Connects the renderer, whose model failures mark a model as damaged."""
        worker.model_failed.connect(partial(self._on_failed, rendering))

    def _on_failed(self, rendering: RenderController, path: Path) -> None:
        """Marks a model as damaged; opens the starter model where nothing is playing yet."""
        self._window_settings.forget(path)
        self._damaged.add(path)
        if rendering.shown is None and self._current == path != STARTER_MODEL:
            self.open(STARTER_MODEL)
        else:
            self._show()

    @property
    def _current(self) -> Path | None:
        return None if self._session.request is None else self._session.request.model

    def open(self, path: Path) -> bool:
        """Opens a model. Returns whether it could be; otherwise reports why and changes nothing."""
        try:
            self._session.open_model(path)
        except ModelFileError as error:
            self._show()
            self.notified.emit(Message("error", str(error)))
            return False
        self._damaged.discard(path)
        self._window_settings.remember(path)
        self._show()
        return True

    def ask(self) -> None:
        """Opens a model that the user picks in a file dialog."""
        kinds = tr("Distill models (*{suffix})").format(suffix=SUFFIX)
        name, _ = QFileDialog.getOpenFileName(self._window, tr("Open model"), "", kinds)
        if name:
            self.open(Path(name))

    def _show(self) -> None:
        models = self._window_settings.models(self._current)
        self._source.show_models([(path, self._marked(path, header)) for path, header in models], self._current)

    def _marked(self, path: Path, header: ModelHeader) -> ModelHeader:
        """Header whose name says that the model is damaged, where it is."""
        if path not in self._damaged:
            return header
        return replace(header, name=tr("{name} (damaged)").format(name=header.name))
