"""What becomes of a render, told on the Play page: progress, picture, words."""

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal

from distill_app.dsp.sound import Sound
from distill_app.models.header import SUFFIX
from distill_app.ui.app.main_window import MainWindow
from distill_app.ui.app.vocoder_controller import VocoderController
from distill_app.ui.play.render_controller import RenderController
from distill_app.ui.play.session import Session
from distill_app.workers.rendering.messages import RENDERING, RenderResult

_PREPARING = "Starting the engine"


class RenderPresenter(QObject):
    """Follows the engine's renders from `follow` on; until then it says that the first sound is on its way.

    Args:
        hear: called with each sound that is ready to be played.
    """

    first_sound = Signal()
    """The first rendered sound has been handed to the player."""
    failed = Signal(str, str)
    """A sentence, and details."""

    def __init__(
        self,
        session: Session,
        window: MainWindow,
        vocoders: VocoderController,
        hear: Callable[[Sound], None],
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._session, self._vocoders, self._hear = session, vocoders, hear
        self._page, self._status = window.play, window.status
        self._rendering: RenderController | None = None
        transport, picture = window.play.transport, window.play.picture
        transport.progress.appeared.connect(lambda: picture.set_dimmed(True))
        session.changed.connect(self.show_waiting)

    def follow(self, rendering: RenderController) -> None:
        self._rendering = rendering
        rendering.began.connect(self._on_began)
        rendering.progressed.connect(self._on_progressed)
        rendering.finished.connect(self._on_finished)
        rendering.failed.connect(self._on_failed)
        rendering.cancelled.connect(self._on_cancelled)
        rendering.heard.connect(self._page.source.show_heard)

    def show_waiting(self) -> None:
        """Words for a picture that is not there yet."""
        picture, header = self._page.picture, self._session.header
        if not picture.is_empty:
            return
        if header is None:
            picture.show_empty("Nothing to hear yet", f"Open a model, or drop a {SUFFIX} file here.", "Open model…")
        else:
            picture.show_empty("One moment", f"The first sound of “{header.name}” is on its way.")

    def _on_began(self) -> None:
        self._status.show_work("")
        first = self._rendering is not None and self._rendering.shown is None
        self._page.transport.progress.start(_PREPARING if first else self._vocoders.rendering_words)

    def _on_progressed(self, stage: str, fraction: float) -> None:
        """The worker's plain word for its usual work says here what is waited for."""
        words = self._vocoders.rendering_words if stage == RENDERING else stage
        self._page.transport.progress.advance(words, fraction)

    def _end_progress(self) -> None:
        self._page.transport.progress.finish()
        self._page.picture.set_dimmed(False)

    def _on_finished(self, result: RenderResult) -> None:
        first = self._page.picture.is_empty
        self._hear(result.sound)
        self._end_progress()
        self._page.picture.show_picture(result.spectrogram)
        self._status.show_work(f"Rendered in {result.elapsed_seconds:.2f} s")
        self._page.enable_sound(True)
        if first:
            self.first_sound.emit()

    def _on_failed(self, sentence: str, details: str) -> None:
        self._end_progress()
        self._status.show_work("Not rendered")
        self.failed.emit(sentence, details)
        self._vocoders.refresh()
        if self._page.picture.is_empty:
            self._page.picture.show_empty("No sound", sentence, "Open model…")

    def _on_cancelled(self) -> None:
        self._end_progress()
        if self._page.picture.is_empty:
            self._page.picture.show_empty("No sound yet", "Rendering was cancelled; Play starts it again.")
            self._status.show_work("Cancelled")
        else:
            here = self._rendering is not None and self._rendering.is_current
            more = "" if here else ", Play renders the new one"
            self._status.show_work(f"Cancelled; this is still the sound before{more}")
