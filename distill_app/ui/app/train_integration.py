"""Connection of the Train page to the rest of the window; the page is built on first use."""

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from distill_app.common.errors import ModelFileError
from distill_app.dsp.sound import Sound
from distill_app.ui.app.main_window import PLAY, TRAIN
from distill_app.ui.app.model_controller import ModelController
from distill_app.ui.app.pages import Pages
from distill_app.ui.app.status_bar import StatusBar
from distill_app.ui.common.window_settings import WindowSettings
from distill_app.ui.dialogs.prompts import ConfirmDialog
from distill_app.ui.play.model_renewal import ModelRenewal
from distill_app.ui.play.session import Session
from distill_app.ui.train.file_playback import FilePlayback
from distill_app.ui.translation import tr
from distill_app.ui.vocoders.compute_settings import ComputeSettings
from distill_app.ui.widgets.toast import Message
from distill_app.workers.rendering.messages import RenderRequest

if TYPE_CHECKING:
    from distill_app.ui.train.controller import TrainPageController
    from distill_app.ui.train.takes.controller import WriteTake


class TrainIntegration(QObject):
    """Adds dropped recordings, keeps takes, and opens models and takes on the Play page.

    Args:
        window: parent of dialogs, and closed when the user agrees to close it during a training.
    """

    notified = Signal(object)
    """Message to show."""

    def __init__(
        self,
        session: Session,
        pages: Pages,
        status: StatusBar,
        models: ModelController,
        compute_settings: ComputeSettings,
        window_settings: WindowSettings,
        window: QWidget,
    ) -> None:
        super().__init__(window)
        self._session, self._pages, self._status, self._models = session, pages, status, models
        self._compute_settings, self._window_settings, self._window = compute_settings, window_settings, window
        self._train_page: TrainPageController | None = None
        self._files: FilePlayback | None = None
        self._renewal = ModelRenewal(session, self)
        self._renewal.notified.connect(self.notified)
        self._close_confirmed = False
        """Whether the user agreed to close the window during a training."""
        tip = tr("Models from your own recordings (Ctrl+2)")
        pages.add(TRAIN, tr("Train"), tip, lambda: self.train_page.page)
        pages.changed.connect(self._on_page_changed)

    @property
    def is_shown(self) -> bool:
        """Whether the Train page is the current one."""
        return self._pages.current == TRAIN

    @property
    def train_page(self) -> "TrainPageController":
        """Controller of the Train page, built and imported on first use."""
        if self._train_page is None:
            self._train_page = self._build()
        return self._train_page

    def _build(self) -> "TrainPageController":
        from distill_app.ui.train.controller import TrainPageController

        train_page = TrainPageController(self._window_settings, self)
        train_page.notified.connect(self.notified)
        train_page.play_asked.connect(self.play_model)
        train_page.first_model_written.connect(self._on_first_model)
        train_page.model_written.connect(self._renewal.renew)
        train_page.preset_asked.connect(self.play_preset)
        train_page.training_asked.connect(self.show_training)
        self._status.addPermanentWidget(train_page.badge)
        train_page.badge.clicked.connect(self.show_training)
        train_page.page.training.set_devices(self._compute_settings.devices)
        self._compute_settings.found.connect(train_page.page.training.set_devices)
        if self._files is not None:
            train_page.playback_bindings.use(self._files)
        return train_page

    def use(self, files: FilePlayback) -> None:
        """Connects the player of files."""
        self._files = files
        files.notified.connect(self.notified)
        if self._train_page is not None:
            self._train_page.playback_bindings.use(files)

    def show_training(self) -> None:
        """Shows the training tab of the Train page."""
        self.train_page.show_training()
        self._pages.show_page(TRAIN)

    def toggle_tab(self) -> None:
        """Shows the Train page, or its other tab where the page is shown already."""
        if self.is_shown:
            self.train_page.page.toggle_tab()
        self._pages.show_page(TRAIN)

    # Recordings, models and takes

    @property
    def read_only(self) -> bool:
        """Whether the open project is known to be read-only."""
        return self._train_page is not None and bool(self._train_page.document.read_only)

    def set_at(self, widget: QWidget | None) -> tuple[str, QWidget] | None:
        """Sound set shown by `widget` or by a parent of it, and that widget."""
        return self.train_page.set_at(widget) if self.is_shown else None

    def add_recordings(self, paths: Sequence[Path], name: str = "") -> None:
        """Adds files and folders to the sound set `name`, or to new ones."""
        self._pages.show_page(TRAIN)
        self.train_page.recordings.add_to(name, paths)

    def play_model(self, path: Path) -> None:
        """Shows a model on the Play page; the sound of one that is open already stays as it is."""
        self._stop_file()
        if self._renewal.is_open(path):
            self._renewal.renew(path)
        elif not self._models.open(path):
            return
        self._pages.show_page(PLAY)

    def _on_first_model(self, path: Path) -> None:
        """Opens the first model of a training where the user waits for it and nothing plays; offers it elsewhere."""
        sentence = tr("“{name}” can be played now; the training goes on.").format(name=path.stem)
        sounding = self._files is not None and self._files.is_sounding
        if self.is_shown and self.train_page.shows_training and not sounding:
            self.play_model(path)
            self.notified.emit(Message("done", sentence))
        else:
            self.notified.emit(Message("done", sentence, tr("Open in Play"), partial(self.play_model, path)))

    def play_preset(self, request: RenderRequest) -> None:
        """Opens the sound of a take on the Play page, as one undo step."""
        self._stop_file()
        try:
            self._session.open_sound(request, tr("open take"))
        except ModelFileError as error:
            self.notified.emit(Message("error", str(error)))
        else:
            self._pages.show_page(PLAY)

    def keep(self, request: RenderRequest, sound: Sound) -> None:
        """Adds a rendered sound to the project as a take."""
        self.keep_written(request, partial(self.train_page.takes.write, sound))

    def keep_written(self, request: RenderRequest, write: "WriteTake") -> None:
        """Adds a sound to the project as a take, whose file `write` writes."""
        self.train_page.takes.keep(request, self._session.header_of(request).name, write)

    @property
    def is_keeping(self) -> bool:
        """Whether a take is being written."""
        return self._train_page is not None and self._train_page.takes.is_keeping

    # Playback of files

    @property
    def is_file_playing(self) -> bool:
        return self._files is not None and self._files.path is not None

    def toggle_file(self, otherwise: Callable[[], object]) -> None:
        """Plays or stops the selected recording; calls `otherwise` where none is selected."""
        if self.is_file_playing or self.train_page.playback_bindings.current is not None:
            self.train_page.playback_bindings.toggle()
        else:
            otherwise()

    def _stop_file(self) -> None:
        if self._files is not None:
            self._files.stop()

    def _on_page_changed(self) -> None:
        if not self.is_shown:
            self._stop_file()
        if self._train_page is not None:
            self._train_page.badge.set_wanted(not self.is_shown)

    # Closing

    def may_close(self) -> bool:
        """Whether the window may close now; asks the user while a training runs."""
        if self._close_confirmed or self._train_page is None or not self._train_page.training.running:
            return True
        sentence = tr("The training is saved, and resumes from there when you come back.")
        dialog = ConfirmDialog(tr("Close during the training?"), sentence, tr("Close"), self._window)
        dialog.accepted.connect(self._on_close_confirmed)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()
        return False

    def _on_close_confirmed(self) -> None:
        self._close_confirmed = True
        self._window.close()

    def close(self) -> None:
        if self._files is not None:
            self._files.close()
        if self._train_page is not None:
            self._train_page.close()
