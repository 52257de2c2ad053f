"""Application controller: binds window, session, renderer and player."""

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QObject, Qt, Signal

from distill_app.common.settings import Settings
from distill_app.ui.app.drop_zone import TargetAt
from distill_app.ui.app.main_window import MainWindow
from distill_app.ui.app.model_controller import ModelController
from distill_app.ui.app.output_status import OutputStatus
from distill_app.ui.app.preferences import open_preferences
from distill_app.ui.app.render_presenter import RenderPresenter
from distill_app.ui.app.settings_io import compute_config
from distill_app.ui.app.slider_memory import SliderMemory
from distill_app.ui.app.sound_files import SoundFiles
from distill_app.ui.app.train_integration import TrainIntegration
from distill_app.ui.app.vocoder_controller import ReadVocoders, VocoderController
from distill_app.ui.common.protocols import PlayerProtocol, RenderWorkerProtocol
from distill_app.ui.common.window_settings import WindowSettings
from distill_app.ui.dialogs.prompts import DetailsDialog
from distill_app.ui.play.export_controller import ExportController
from distill_app.ui.play.playback import Playback
from distill_app.ui.play.preferences_page import PlayPreferences
from distill_app.ui.play.release_preview import ReleasePreview
from distill_app.ui.play.render_controller import RenderController
from distill_app.ui.play.session import Session
from distill_app.ui.train.file_playback import FilePlayback
from distill_app.ui.translation import tr
from distill_app.ui.vocoders.compute_settings import ComputeSettings
from distill_app.ui.widgets.toast import Message
from distill_app.ui.widgets.volume_control import VolumeControl
from distill_app.vocoders.registry import vocoder_entries


class AppController(QObject):
    """Owner of the session, the window and its controllers; renderer and player are connected later.

    Args:
        read: lists the vocoders that are installed or can be.
    """

    looping_changed = Signal(bool)
    first_sound = Signal()
    """Emitted once, when the first rendered sound was passed to the player."""

    def __init__(self, window_settings: WindowSettings, read: ReadVocoders = vocoder_entries) -> None:
        super().__init__()
        self.window_settings = window_settings
        self.session = Session(self)
        self.rendering: RenderController | None = None
        self.playback: Playback | None = None
        self.exporting: ExportController | None = None
        self.files: SoundFiles | None = None
        self.output: OutputStatus | None = None
        self.looping = True
        self.preferences = PlayPreferences()
        self.window = window = MainWindow(self.session, self._drag)
        self.models = ModelController(self.session, window.play, window_settings, window)
        self.compute_settings = ComputeSettings(self)
        self.vocoders = VocoderController(self.session, window.play.source, self.compute_settings, read, window)
        self.train_integration = TrainIntegration(
            self.session, window.pages, window.status, self.models, self.compute_settings, window_settings, window
        )
        for notifier in (self.models, self.vocoders, self.train_integration):
            notifier.notified.connect(self.notify)
        self._presenter = RenderPresenter(
            self.session, window.play, window.status, self.vocoders, self._set_length, self
        )
        self._presenter.first_sound.connect(self.first_sound)
        self._presenter.failed.connect(self.notify_with_details)
        self._bind_window()
        SliderMemory(window.play.slider_panel, window_settings)
        window.restore(window_settings.geometry)
        window.play.show_request()
        self._presenter.show_waiting()

    def _bind_window(self) -> None:
        window, transport, picture = self.window, self.window.play.transport, self.window.play.picture
        window.may_close = self.train_integration.may_close
        window.drop_zone.targets_for = self._drop_targets
        transport.play_asked.connect(self.toggle_playing)
        transport.loop_toggled.connect(self.set_looping)
        transport.export_asked.connect(self.export)
        transport.volume.changed.connect(self._on_volume_changed)
        transport.loop.setChecked(self.looping)
        picture.seek_asked.connect(self.seek)
        picture.handle.clicked.connect(self.export)
        self.session.model_changed.connect(self._on_model_changed)

    def _drop_targets(self, paths: Sequence[Path]) -> TargetAt:
        """Drop targets for `paths`; their module, which imports the corpus, is loaded on the first drag."""
        from distill_app.ui.app.drop_targets import DropTargets

        targets = DropTargets(self.train_integration, self.vocoders, self.window, self.window.pages)
        return targets.for_paths(paths)

    # Rendering

    def start_rendering(self, worker: RenderWorkerProtocol, settings: Settings) -> None:
        """Connects the renderer; `settings` give the defaults of the export."""
        self.compute_settings.use(worker, compute_config(settings))
        worker.noticed.connect(lambda sentence: self.notify(Message("info", sentence)))
        worker.speed_measured.connect(self.vocoders.refresh_speeds)
        rendering = self.rendering = RenderController(self.session, worker, self)
        self._presenter.follow(rendering)
        self.models.use(rendering, worker)
        self.files = SoundFiles(self.session, rendering, worker, settings, self.train_integration, self.window)
        self.files.notified.connect(self.notify)
        self.exporting = self.files.exporting
        rendering.progressed.connect(self._open_device, Qt.ConnectionType.SingleShotConnection)
        rendering.update()

    def _open_device(self) -> None:
        """Opens the sound device while the worker renders and leaves this thread the interpreter lock."""
        if self.playback is not None:
            self.playback.open_device()

    # Playing

    def start_playing(self, player: PlayerProtocol) -> None:
        """Connects the player."""
        playback = self.playback = Playback(player, self)
        playback.set_looping(self.looping)
        self.session.playhead, player.volume = playback, self.volume.gain
        playback.failed.connect(lambda sentence: self.notify(Message("error", sentence)))
        playback.polled.connect(self._on_polled)
        playback.heard.connect(self.window.play.picture.show_samples)
        self.train_integration.use(FilePlayback(playback, self))
        self.output = OutputStatus(playback, self.window.status, self.preferences, self._is_writing, self)
        self.output.notified.connect(self.notify)
        if self.exporting is not None:
            self.exporting.limiting = lambda: player.limiting
        if self.files is not None:
            self.files.playback = playback
        if self.rendering is not None:
            ReleasePreview(self.session, self.rendering, playback, self.window.play, self._may_preview)
            if self.rendering.shown is not None:
                playback.set_length(self.rendering.shown.seconds)

    def _may_preview(self) -> bool:
        return self.preferences.preview_on_release and not self.train_integration.is_file_playing

    def _is_writing(self) -> bool:
        return self.files is not None and self.files.is_writing

    def _set_length(self, seconds: float) -> None:
        if self.playback is not None:
            self.playback.set_length(seconds)

    def toggle_playing(self) -> None:
        """Plays or stops the selected recording on the Train page, the sound elsewhere."""
        if self.train_integration.is_shown:
            self.train_integration.toggle_file(self._toggle_sound)
        else:
            self._toggle_sound()

    def _toggle_sound(self) -> None:
        """Plays or stops the sound; playing renders a sound again whose render was cancelled."""
        if self.playback is None or self.session.request is None:
            return
        self.playback.toggle()
        if self.rendering is not None and (self.playback.playing or self.playback.waiting):
            self.rendering.catch_up()

    def set_looping(self, looping: bool) -> None:
        """Switches the loop, and stores it as a setting of the open model."""
        self.looping = looping
        session = self.session
        if session.request is not None:
            session.model_settings.keep_looping(session.request.model, session.header_of(session.request), looping)
        self.window.play.transport.loop.setChecked(looping)
        self.looping_changed.emit(looping)
        if self.playback is not None:
            self.playback.set_looping(looping)

    def _on_model_changed(self) -> None:
        request = self.session.request
        if request is not None:
            self.set_looping(self.session.model_settings.looping(request.model))

    @property
    def volume(self) -> VolumeControl:
        """Output volume; exports and takes do not depend on it."""
        return self.window.play.transport.volume

    def _on_volume_changed(self, gain: float) -> None:
        self.window.status.show_muted(self.volume.muted)
        if self.playback is not None:
            self.playback.player.volume = gain

    def seek(self, seconds: float) -> None:
        if self.playback is not None:
            self.playback.play(seconds)

    def jump(self, direction: int) -> None:
        """Jumps back (-1) or ahead (1) by a tenth of the sound, wrapping around at its ends."""
        if self.playback is not None:
            self.playback.jump(direction)

    def _on_polled(self) -> None:
        if self.playback is not None:
            self.window.play.show_playback(self.playback)

    # Dialogs, exports and takes

    def show_preferences(self) -> None:
        if self.output is not None:
            open_preferences(self.output, self.preferences, self.compute_settings, self.window)

    def export(self) -> None:
        """Opens the export dialog for the sound that is heard."""
        if self.files is not None:
            self.files.export()

    def keep_take(self) -> None:
        """Adds the sound that is heard to the project as a take."""
        if self.files is not None:
            self.files.keep()

    def _drag(self, start: Callable[[Path], object]) -> None:
        if self.files is not None:
            self.files.drag(start)

    # Messages

    def notify(self, message: Message) -> None:
        self.window.toast.show_message(message)

    def notify_with_details(self, sentence: str, details: str) -> None:
        dialog = DetailsDialog(sentence, details, self.window)
        self.notify(Message("error", sentence, tr("Details") if details else "", dialog.open))

    def escape(self) -> None:
        """Dismisses the message, else cancels the render, else the download; playback is not affected."""
        if self.window.toast.isVisible():
            self.window.toast.dismiss()
        elif self.rendering is not None and self.rendering.busy:
            self.rendering.cancel()
        elif self.vocoders.downloads is not None and self.vocoders.downloads.busy:
            self.vocoders.downloads.cancel()

    def close(self) -> None:
        """Saves the window's geometry and stops playback, polling and the Train page."""
        self.window_settings.geometry = self.window.saveGeometry()
        for part in (self.files, self.train_integration, self.output, self.playback):
            if part is not None:
                part.close()
