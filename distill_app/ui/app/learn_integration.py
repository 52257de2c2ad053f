"""The Learn page as the rest of the window sees it: built when it is first needed, and what leads there and back."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from distill_app.common.errors import ModelFileError
from distill_app.ui.app.drop_zone import TargetAt
from distill_app.ui.app.main_window import LEARN, PLAY, MainWindow
from distill_app.ui.app.model_controller import ModelController
from distill_app.ui.app.vocoder_controller import VocoderController
from distill_app.ui.common.window_settings import WindowSettings
from distill_app.ui.dialogs.prompts import ConfirmDialog
from distill_app.ui.play.session import Session
from distill_app.ui.train.file_playback import FilePlayback
from distill_app.ui.vocoders.compute_settings import ComputeSettings
from distill_app.ui.widgets.toast import Message
from distill_app.workers.rendering.messages import RenderRequest, RenderResult

if TYPE_CHECKING:
    from distill_app.ui.train.controller import TrainPageController

_CLOSING = "What is learned so far is written down, and learning goes on from there when you come back."
_NOTHING_TO_KEEP = "There is no sound to keep yet; play one first."


class TrainIntegration(QObject):
    """Adds what is dropped, keeps takes, and takes models and takes back to the Play page."""

    notified = Signal(object)
    """A Message."""

    def __init__(
        self,
        session: Session,
        window: MainWindow,
        models: ModelController,
        vocoders: VocoderController,
        computing: ComputeSettings,
        memory: WindowSettings,
    ) -> None:
        super().__init__(window)
        self._session, self._window, self._models, self._vocoders = session, window, models, vocoders
        self._computing, self._memory = computing, memory
        self._train_page: TrainPageController | None = None
        self._listening: FilePlayback | None = None
        self._agreed = False
        """To close while something is learned."""
        window.may_close = self._may_close
        window.drop_zone.targets_for = self._targets_for
        window.pages.add(LEARN, "Models from your own recordings (Ctrl+2)", lambda: self.train_page.page)
        window.pages.changed.connect(self._on_page)

    @property
    def shows(self) -> bool:
        """Whether the Learn page shows."""
        return self._window.pages.title == LEARN

    @property
    def train_page(self) -> "TrainPageController":
        """Built now where it was not: what it needs is not imported before."""
        if self._train_page is None:
            self._train_page = self._built()
        return self._train_page

    def _built(self) -> "TrainPageController":
        from distill_app.ui.train.controller import TrainPageController

        train_page = TrainPageController(self._memory, self)
        train_page.notified.connect(self.notified)
        train_page.play_asked.connect(self.play_model)
        train_page.preset_asked.connect(self.play_preset)
        train_page.training_asked.connect(self.show_training)
        self._window.status.addPermanentWidget(train_page.badge)
        train_page.badge.clicked.connect(self.show_training)
        train_page.page.training.set_devices(self._computing.devices)
        self._computing.found.connect(train_page.page.training.set_devices)
        if self._listening is not None:
            train_page.playback_bindings.use(self._listening)
        return train_page

    def use(self, listening: FilePlayback) -> None:
        """From now on files can be listened to."""
        self._listening = listening
        listening.notified.connect(self.notified)
        if self._train_page is not None:
            self._train_page.playback_bindings.use(listening)

    def show_training(self) -> None:
        """The Learn page, with the training on it."""
        self.train_page.page.show_tab("Training")
        self._window.pages.show_page(LEARN)

    def toggle_tab(self) -> None:
        """The training in place of the recordings, or the other way round; the page shows in any case."""
        if self.shows:
            self.train_page.page.toggle_tab()
        self._window.pages.show_page(LEARN)

    # There and back

    def _targets_for(self, paths: Sequence[Path]) -> TargetAt:
        from distill_app.ui.app.drop_targets import DropTargets

        return DropTargets(self, self._window, self._vocoders).for_paths(paths)

    @property
    def read_only(self) -> bool:
        """Whether recordings cannot be added to the project, as far as is known."""
        return self._train_page is not None and bool(self._train_page.document.read_only)

    def set_at(self, widget: QWidget | None) -> tuple[str, QWidget] | None:
        """The sound set that `widget` or a widget around it stands for, and that widget."""
        return self.train_page.set_at(widget) if self.shows else None

    def add_recordings(self, paths: Sequence[Path], name: str = "") -> None:
        """Adds files and folders to the sound set `name`, or to new ones."""
        self._window.pages.show_page(LEARN)
        self.train_page.recordings.add_to(name, paths)

    def play_model(self, path: Path) -> None:
        self._listen_no_more()
        if self._models.open(path):
            self._window.pages.show_page(PLAY)

    def play_preset(self, request: RenderRequest) -> None:
        """The sound of a take, on the Play page; one step of its history."""
        self._listen_no_more()
        try:
            self._session.open_sound(request, "open take")
        except ModelFileError as error:
            self.notified.emit(Message("error", str(error)))
        else:
            self._window.pages.show_page(PLAY)

    def keep(self, shown: RenderResult | None) -> None:
        """The sound that is heard becomes a take of the project."""
        if shown is None:
            self.notified.emit(Message("info", _NOTHING_TO_KEEP))
        else:
            self.train_page.keep(shown, self._session.header_of(shown.request).name)

    @property
    def is_listening(self) -> bool:
        """Whether a file is heard."""
        return self._listening is not None and self._listening.path is not None

    @property
    def is_keeping(self) -> bool:
        """Whether a take is being written."""
        return self._train_page is not None and self._train_page.takes.is_keeping

    def toggle_listening(self, otherwise: Callable[[], object]) -> None:
        """Listens to the chosen recording, or stops; does something else where there is none."""
        if self.is_listening or self.train_page.playback_bindings.current is not None:
            self.train_page.playback_bindings.toggle()
        else:
            otherwise()

    def _listen_no_more(self) -> None:
        if self._listening is not None:
            self._listening.stop()

    def _on_page(self) -> None:
        if not self.shows:
            self._listen_no_more()
        if self._train_page is not None:
            self._train_page.badge.set_wanted(not self.shows)

    def _may_close(self) -> bool:
        """Asks where a training runs."""
        if self._agreed or self._train_page is None or not self._train_page.training.running:
            return True
        dialog = ConfirmDialog("Close while it learns?", _CLOSING, "Close", self._window)
        dialog.accepted.connect(self._agree)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()
        return False

    def _agree(self) -> None:
        self._agreed = True
        self._window.close()

    def close(self) -> None:
        if self._listening is not None:
            self._listening.close()
        if self._train_page is not None:
            self._train_page.close()
