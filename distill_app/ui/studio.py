"""Ties the window to the engine: what is asked for is rendered, what is rendered is heard and seen."""

from pathlib import Path

from PySide6.QtCore import QObject, Qt, Signal

from distill_app.engine.jobs import RENDERING, RenderResult
from distill_app.models.header import SUFFIX
from distill_app.settings import Settings
from distill_app.ui.commands import install_commands
from distill_app.ui.computing import Computing
from distill_app.ui.dialogs.details import DetailsDialog
from distill_app.ui.dialogs.preferences import PreferencesDialog
from distill_app.ui.drag_out import write_for_drag
from distill_app.ui.exporting import Exporting
from distill_app.ui.memory import WindowMemory
from distill_app.ui.models import Models
from distill_app.ui.playback import Playback
from distill_app.ui.ports import Player, Renderer
from distill_app.ui.rendering import Rendering
from distill_app.ui.session import Session
from distill_app.ui.sound_output import SoundOutput
from distill_app.ui.start import chosen_compute
from distill_app.ui.vocoders import Read, Vocoders
from distill_app.ui.widgets.toast import Message
from distill_app.ui.window import MainWindow
from distill_app.vocoders.catalogue import listings

_PREPARING = "Starting the engine"


class Studio(QObject):
    """Owns session and window; the engine joins once the window stands.

    Args:
        read: the vocoders there are or that can be had.
    """

    looping_changed = Signal(bool)
    first_sound = Signal()
    """The first rendered sound has been handed to the player."""

    def __init__(self, memory: WindowMemory, read: Read = listings) -> None:
        super().__init__()
        self.memory = memory
        self.session = Session(self)
        self.rendering: Rendering | None = None
        self.playback: Playback | None = None
        self.exporting: Exporting | None = None
        self.output: SoundOutput | None = None
        self.looping = True
        self.window = MainWindow(self.session, self._write_for_drag)
        self.models = Models(self.session, self.window, memory)
        self.computing = Computing(self)
        self.vocoders = Vocoders(self.session, self.window, self.computing, read)
        for teller in (self.models, self.vocoders):
            teller.told.connect(self.tell)
        self.actions = install_commands(self)
        self._bind_window()
        self.window.restoreGeometry(memory.geometry)
        self.window.show_request()
        self._show_waiting()

    def _bind_window(self) -> None:
        window = self.window
        window.transport.play_asked.connect(self.toggle_playing)
        window.transport.loop_toggled.connect(self.set_looping)
        window.picture.sought.connect(self.seek)
        window.transport.export_asked.connect(self.export)
        window.transport.progress.appeared.connect(lambda: window.picture.set_dimmed(True))
        self.session.changed.connect(self._show_waiting)
        window.transport.loop.setChecked(self.looping)
        self.window.enable_sound(False)

    # Rendering

    def start_rendering(self, worker: Renderer, settings: Settings) -> None:
        """From now on the session's sound is rendered, and can be exported as `settings` propose."""
        self.exporting = Exporting(worker, settings, self.window)
        self.exporting.told.connect(self.tell)
        self.computing.use(worker, chosen_compute(settings))
        worker.noticed.connect(lambda sentence: self.tell(Message("info", sentence)))
        rendering = self.rendering = Rendering(self.session, worker, self)
        rendering.began.connect(self._on_began)
        rendering.progressed.connect(self._on_progressed)
        rendering.progressed.connect(self._prepare, Qt.ConnectionType.SingleShotConnection)
        rendering.finished.connect(self._on_finished)
        rendering.failed.connect(self._on_failed)
        rendering.cancelled.connect(self._on_cancelled)
        rendering.heard.connect(self.window.source.show_heard)
        rendering.update()

    def _show_waiting(self) -> None:
        """Words for a picture that is not there yet."""
        picture = self.window.picture
        if not picture.is_empty:
            return
        if self.session.header is None:
            picture.show_empty("Nothing to hear yet", f"Open a model, or drop a {SUFFIX} file here.", "Open model…")
        else:
            picture.show_empty("One moment", f"The first sound of “{self.session.header.name}” is on its way.")

    def _on_began(self) -> None:
        self.window.status.show_work("")
        first = self.rendering is not None and self.rendering.shown is None
        self.window.transport.progress.start(_PREPARING if first else self.vocoders.rendering_words)

    def _on_progressed(self, stage: str, fraction: float) -> None:
        """The worker's plain word for its usual work says here what is waited for."""
        words = self.vocoders.rendering_words if stage == RENDERING else stage
        self.window.transport.progress.advance(words, fraction)

    def _end_progress(self) -> None:
        self.window.transport.progress.finish()
        self.window.picture.set_dimmed(False)

    def _on_finished(self, result: RenderResult) -> None:
        first = self.window.picture.is_empty
        if self.playback is not None:
            self.playback.set_sound(result.sound)
        self._end_progress()
        self.vocoders.refresh()
        self.window.picture.show_picture(result.spectrogram)
        self.window.status.show_work(f"Rendered in {result.elapsed_seconds:.2f} s")
        self.window.enable_sound(True)
        self._on_polled()
        if first:
            self.first_sound.emit()

    def _play_shown(self) -> None:
        """What a moving slider let be heard gives way to the sound that is shown."""
        if self.playback is not None and self.rendering is not None and self.rendering.shown is not None:
            self.playback.set_sound(self.rendering.shown.sound)

    def _on_failed(self, sentence: str, details: str) -> None:
        self._play_shown()
        self._end_progress()
        self.window.status.show_work("Not rendered")
        self.tell_with_details(sentence, details)
        self.vocoders.refresh()
        if self.window.picture.is_empty:
            self.window.picture.show_empty("No sound", sentence, "Open model…")

    def _on_cancelled(self) -> None:
        self._play_shown()
        self._end_progress()
        if self.window.picture.is_empty:
            self.window.picture.show_empty("No sound yet", "Rendering was cancelled; Play starts it again.")
            self.window.status.show_work("Cancelled")
        else:
            here = self.rendering is not None and self.rendering.is_current
            more = "" if here else ", Play renders the new one"
            self.window.status.show_work(f"Cancelled; this is still the sound before{more}")

    # Playing

    def start_playing(self, player: Player) -> None:
        """From now on sounds can be heard."""
        playback = self.playback = Playback(player, self)
        playback.set_looping(self.looping)
        playback.failed.connect(lambda sentence: self.tell(Message("error", sentence)))
        playback.polled.connect(self._on_polled)
        self.output = SoundOutput(playback, self.window.status, self)
        self.output.told.connect(self.tell)
        if self.rendering is not None and self.rendering.shown is not None:
            playback.set_sound(self.rendering.shown.sound)

    def _prepare(self) -> None:
        """The device, while the worker computes and leaves this thread the interpreter."""
        if self.playback is not None:
            self.playback.open_device()

    def toggle_playing(self) -> None:
        """Playing also asks again for a sound that was cancelled."""
        if self.playback is None or self.session.request is None:
            return
        self.playback.toggle()
        if self.rendering is not None and (self.playback.playing or self.playback.waiting):
            self.rendering.catch_up()

    def set_looping(self, looping: bool) -> None:
        self.looping = looping
        self.window.transport.loop.setChecked(looping)
        self.looping_changed.emit(looping)
        if self.playback is not None:
            self.playback.set_looping(looping)

    def seek(self, seconds: float) -> None:
        if self.playback is not None:
            self.playback.play(seconds)

    def jump(self, direction: int) -> None:
        """A tenth of the sound back (-1) or ahead (1); past an end it comes in at the other."""
        if self.playback is not None:
            self.playback.jump(direction)

    def show_preferences(self) -> None:
        if self.output is not None:
            pages = {"Sound": self.output.page(), "Compute": self.computing.page()}
            dialog = PreferencesDialog(pages, self.window)
            dialog.finished.connect(dialog.deleteLater)
            dialog.open()

    def _on_polled(self) -> None:
        if self.playback is not None:
            self.window.show_playback(self.playback)

    def export(self) -> None:
        """Asks how and where to write the sound that is heard."""
        if self.exporting is not None and self.rendering is not None and self.rendering.shown is not None:
            shown = self.rendering.shown
            self.exporting.open(shown.request, self.session.title_of(shown.request))

    # Words

    def tell(self, message: Message) -> None:
        self.window.toast.show_message(message)

    def tell_with_details(self, sentence: str, details: str) -> None:
        dialog = DetailsDialog(sentence, details, self.window)
        self.tell(Message("error", sentence, "Details" if details else "", dialog.open))

    def escape(self) -> None:
        """Dismisses the message; else cancels what is being rendered, or else what is fetched; else stops."""
        if self.window.toast.isVisible():
            self.window.toast.dismiss()
        elif self.rendering is not None and self.rendering.busy:
            self.rendering.cancel()
        elif self.vocoders.fetching is not None and self.vocoders.fetching.busy:
            self.vocoders.fetching.cancel()
        elif self.playback is not None:
            self.playback.stop()

    def _write_for_drag(self) -> Path | None:
        if self.rendering is None or self.rendering.shown is None:
            return None
        try:
            return write_for_drag(self.rendering.shown)
        except OSError as error:
            self.tell(Message("error", f"The sound cannot be written for dragging: {error.strerror}."))
            return None

    def close(self) -> None:
        """Silence, and no more polling; the window's place is remembered."""
        self.memory.geometry = self.window.saveGeometry()
        if self.output is not None:
            self.output.close()
        if self.playback is not None:
            self.playback.close()
