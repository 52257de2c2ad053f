"""Ties the window to the engine: what is asked for is rendered, what is rendered is heard and seen."""

from pathlib import Path

from PySide6.QtCore import QObject, Qt, Signal

from distill_app.common.settings import Settings
from distill_app.dsp.sound import Sound
from distill_app.ui.app.learn_integration import TrainIntegration
from distill_app.ui.app.main_window import MainWindow
from distill_app.ui.app.menu_commands import install_commands
from distill_app.ui.app.model_controller import ModelController
from distill_app.ui.app.output_status import OutputStatus
from distill_app.ui.app.render_presenter import RenderPresenter
from distill_app.ui.app.settings_io import chosen_compute
from distill_app.ui.app.vocoder_controller import Read, VocoderController
from distill_app.ui.common.protocols import PlayerProtocol, RenderWorkerProtocol
from distill_app.ui.common.window_settings import WindowSettings
from distill_app.ui.dialogs.preferences import PreferencesDialog
from distill_app.ui.dialogs.prompts import DetailsDialog
from distill_app.ui.play.drag_export import write_for_drag
from distill_app.ui.play.export_controller import ExportController
from distill_app.ui.play.play_preferences import PlayPreferences
from distill_app.ui.play.playback import Playback
from distill_app.ui.play.preferences_page import PlayPreferencesPage
from distill_app.ui.play.release_preview import ReleasePreview
from distill_app.ui.play.render_controller import RenderController
from distill_app.ui.play.session import Session
from distill_app.ui.train.file_playback import FilePlayback
from distill_app.ui.vocoders.compute_settings import ComputeSettings
from distill_app.ui.widgets.toast import Message
from distill_app.ui.widgets.volume_control import VolumeControl
from distill_app.vocoders.registry import vocoder_entries


class AppController(QObject):
    """Owns session and window; the engine joins once the window stands.

    Args:
        read: the vocoders there are or that can be had.
    """

    looping_changed = Signal(bool)
    first_sound = Signal()
    """The first rendered sound has been handed to the player."""

    def __init__(self, memory: WindowSettings, read: Read = vocoder_entries) -> None:
        super().__init__()
        self.memory = memory
        self.session = Session(self)
        self.rendering: RenderController | None = None
        self.playback: Playback | None = None
        self.exporting: ExportController | None = None
        self.output: OutputStatus | None = None
        self.looping = True
        self.preferences = PlayPreferences()
        self.window = MainWindow(self.session, self._write_for_drag)
        self.models = ModelController(self.session, self.window, memory)
        self.computing = ComputeSettings(self)
        self.vocoders = VocoderController(self.session, self.window, self.computing, read)
        self.train_integration = TrainIntegration(
            self.session, self.window, self.models, self.vocoders, self.computing, memory
        )
        for notifier in (self.models, self.vocoders, self.train_integration):
            notifier.notified.connect(self.notify)
        self._view = RenderPresenter(self.session, self.window, self.vocoders, self._hear, self)
        self._view.first_sound.connect(self.first_sound)
        self._view.failed.connect(self.notify_with_details)
        self.actions = install_commands(self)
        self._bind_window()
        self.window.restore(memory.geometry)
        self.window.play.show_request()
        self._view.show_waiting()

    def _bind_window(self) -> None:
        page = self.window.play
        page.transport.play_asked.connect(self.toggle_playing)
        page.transport.loop_toggled.connect(self.set_looping)
        page.picture.seek_asked.connect(self.seek)
        page.transport.export_asked.connect(self.export)
        page.picture.handle.clicked.connect(self.export)
        page.transport.loop.setChecked(self.looping)
        self.session.model_changed.connect(self._follow_model)
        page.transport.volume.changed.connect(self._set_volume)

    # Rendering

    def start_rendering(self, worker: RenderWorkerProtocol, settings: Settings) -> None:
        """From now on the session's sound is rendered, and can be exported as `settings` propose."""
        self.exporting = ExportController(worker, settings, self.window)
        self.exporting.notified.connect(self.notify)
        self.computing.use(worker, chosen_compute(settings))
        worker.noticed.connect(lambda sentence: self.notify(Message("info", sentence)))
        rendering = self.rendering = RenderController(self.session, worker, self)
        self._view.follow(rendering)
        self.models.use(rendering, worker)
        rendering.progressed.connect(self._prepare, Qt.ConnectionType.SingleShotConnection)
        rendering.update()

    # Playing

    def start_playing(self, player: PlayerProtocol) -> None:
        """From now on sounds can be heard."""
        playback = self.playback = Playback(player, self)
        playback.set_looping(self.looping)
        player.volume = self.volume.gain
        playback.failed.connect(lambda sentence: self.notify(Message("error", sentence)))
        playback.polled.connect(self._on_polled)
        playback.heard.connect(self.window.play.picture.show_heard)
        self.train_integration.use(FilePlayback(playback, self))
        self.output = OutputStatus(playback, self.window.status, self.preferences, self._is_keeping, self)
        self.output.notified.connect(self.notify)
        if self.exporting is not None:
            self.exporting.limiting = lambda: player.limiting
        if self.rendering is not None:
            self._preview_releases(self.rendering, playback)
            if self.rendering.shown is not None:
                playback.set_sound(self.rendering.shown.sound)

    def _preview_releases(self, rendering: RenderController, playback: Playback) -> None:
        def allowed() -> bool:
            return self.preferences.preview_on_release and not self.train_integration.is_listening

        preview, page = ReleasePreview(self.session, rendering, playback, allowed, self), self.window.play
        page.shape.slider_released.connect(preview.ask)
        page.transport.drift_released.connect(preview.ask)

    def _is_keeping(self) -> bool:
        """Whether a take or an export is being written."""
        return self.train_integration.is_keeping or (self.exporting is not None and self.exporting.writing)

    def _hear(self, sound: Sound) -> None:
        if self.playback is not None:
            self.playback.set_sound(sound)

    def _prepare(self) -> None:
        """The device, while the worker computes and leaves this thread the interpreter."""
        if self.playback is not None:
            self.playback.open_device()

    def toggle_playing(self) -> None:
        """Listens to a recording where the Learn page shows one; else plays the sound."""
        if self.train_integration.shows:
            self.train_integration.toggle_listening(self._toggle_sound)
        else:
            self._toggle_sound()

    def _toggle_sound(self) -> None:
        """Playing also asks again for a sound that was cancelled."""
        if self.playback is None or self.session.request is None:
            return
        self.playback.toggle()
        if self.rendering is not None and (self.playback.playing or self.playback.waiting):
            self.rendering.catch_up()

    def set_looping(self, looping: bool) -> None:
        """Switches the loop of the model that plays; each model has its own."""
        self.looping = looping
        session = self.session
        if session.request is not None:
            session.model_settings.keep_looping(session.request.model, session.header_of(session.request), looping)
        self.window.play.transport.loop.setChecked(looping)
        self.looping_changed.emit(looping)
        if self.playback is not None:
            self.playback.set_looping(looping)

    def _follow_model(self) -> None:
        request = self.session.request
        if request is not None:
            self.set_looping(self.session.model_settings.looping(request.model))

    @property
    def volume(self) -> VolumeControl:
        """Output volume; no sound that is written follows it."""
        return self.window.play.transport.volume

    def _set_volume(self, gain: float) -> None:
        self.window.status.show_muted(self.volume.muted)
        if self.playback is not None:
            self.playback.player.volume = gain

    def seek(self, seconds: float) -> None:
        if self.playback is not None:
            self.playback.play(seconds)

    def jump(self, direction: int) -> None:
        """A tenth of the sound back (-1) or ahead (1); past an end it comes in at the other."""
        if self.playback is not None:
            self.playback.jump(direction)

    def show_preferences(self) -> None:
        if self.output is not None:
            pages = {
                "Sound": self.output.page(),
                "Playing": PlayPreferencesPage(self.preferences),
                "Compute": self.computing.page(),
            }
            dialog = PreferencesDialog(pages, self.window)
            dialog.finished.connect(dialog.deleteLater)
            dialog.open()

    def _on_polled(self) -> None:
        if self.playback is not None:
            self.window.play.show_playback(self.playback)

    def export(self) -> None:
        """Asks how and where to write the sound that is heard."""
        if self.exporting is not None and self.rendering is not None and self.rendering.shown is not None:
            shown = self.rendering.shown
            self.exporting.open(shown.request, self.session.header_of(shown.request).name)

    def keep_take(self) -> None:
        """The sound that is heard, into the project."""
        self.train_integration.keep(None if self.rendering is None else self.rendering.shown)

    # Words

    def notify(self, message: Message) -> None:
        self.window.toast.show_message(message)

    def notify_with_details(self, sentence: str, details: str) -> None:
        dialog = DetailsDialog(sentence, details, self.window)
        self.notify(Message("error", sentence, "Details" if details else "", dialog.open))

    def escape(self) -> None:
        """Dismisses the message; else cancels what is being rendered, or else what is fetched. What plays, plays on."""
        if self.window.toast.isVisible():
            self.window.toast.dismiss()
        elif self.rendering is not None and self.rendering.busy:
            self.rendering.cancel()
        elif self.vocoders.fetching is not None and self.vocoders.fetching.busy:
            self.vocoders.fetching.cancel()

    def _write_for_drag(self) -> Path | None:
        if self.rendering is None or self.rendering.shown is None:
            return None
        try:
            return write_for_drag(self.rendering.shown)
        except OSError as error:
            self.notify(Message("error", f"The sound cannot be written for dragging: {error.strerror}."))
            return None

    def close(self) -> None:
        """Silence, and no more polling; the window's place is remembered."""
        self.memory.geometry = self.window.saveGeometry()
        self.train_integration.close()
        if self.output is not None:
            self.output.close()
        if self.playback is not None:
            self.playback.close()
