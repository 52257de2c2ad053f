"""Opening models, and the list of those opened lately."""

from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QFileDialog

from distill_app.errors import ModelFileError
from distill_app.models.header import SUFFIX
from distill_app.ui.memory import WindowMemory
from distill_app.ui.session import Session
from distill_app.ui.widgets.toast import Message
from distill_app.ui.window import MainWindow


class Models(QObject):
    """Binds what in the window asks for a model to the session."""

    told = Signal(object)
    """A Message."""

    def __init__(self, session: Session, window: MainWindow, memory: WindowMemory) -> None:
        super().__init__(window)
        self._session, self._window, self._memory = session, window, memory
        window.play.source.model_chosen.connect(self.open)
        window.play.source.open_asked.connect(self.ask)
        window.play.picture.open_asked.connect(self.ask)
        session.model_changed.connect(self._show)
        self._show()

    def open(self, path: Path) -> bool:
        """Opens a model, or says why not and leaves everything as it was."""
        try:
            self._session.open_model(path)
        except ModelFileError as error:
            self._show()
            self.told.emit(Message("error", str(error)))
            return False
        self._memory.remember(path)
        self._show()
        return True

    def ask(self) -> None:
        name, _ = QFileDialog.getOpenFileName(self._window, "Open model", "", f"Distill models (*{SUFFIX})")
        if name:
            self.open(Path(name))

    def _show(self) -> None:
        current = None if self._session.request is None else self._session.request.model
        self._window.play.source.show_models(self._memory.models(current), current)
