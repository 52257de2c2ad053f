"""Shows the progress and the results of renders on the Play page and in the status bar."""

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal

from distill_app.models.header import SUFFIX
from distill_app.ui.app.status_bar import StatusBar
from distill_app.ui.app.vocoder_controller import VocoderController
from distill_app.ui.play.page import PlayPage
from distill_app.ui.play.render_controller import RenderController
from distill_app.ui.play.session import Session
from distill_app.ui.translation import tr
from distill_app.vocoders.built_in import BUILT_IN, GRAIN
from distill_app.workers.rendering.messages import RENDERING, EndlessResult, RenderResult


class RenderPresenter(QObject):
    """Shows the renders of the controller given to `follow`, and a text while there is no picture.

    Args:
        set_length: called with the length in seconds of each rendered sound, infinite where it plays until stopped.
    """

    first_sound = Signal()
    """The first sound is rendered and shown."""
    failed = Signal(str, str)
    """A sentence for the user, and details."""

    def __init__(
        self,
        session: Session,
        page: PlayPage,
        status: StatusBar,
        vocoders: VocoderController,
        set_length: Callable[[float], None],
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._session, self._vocoders, self._set_length = session, vocoders, set_length
        self._page, self._status = page, status
        self._rendering: RenderController | None = None
        page.transport.progress.appeared.connect(lambda: page.picture.set_dimmed(True))
        session.changed.connect(self.show_waiting)

    def follow(self, rendering: RenderController) -> None:
        self._rendering = rendering
        rendering.began.connect(self._on_began)
        rendering.progressed.connect(self._on_progressed)
        rendering.finished.connect(self._on_finished)
        rendering.failed.connect(self._on_failed)
        rendering.cancelled.connect(self._on_cancelled)
        rendering.heard.connect(lambda heard: self._page.source.show_heard(heard, self._session.config.endless))

    def show_waiting(self) -> None:
        """Shows a text where there is no picture yet."""
        picture, header = self._page.picture, self._session.header
        if not picture.is_empty:
            return
        if header is None:
            sentence = tr("Open a model, or drop a {suffix} file here.").format(suffix=SUFFIX)
            picture.show_empty(tr("Nothing to hear yet"), sentence, tr("Open model…"))
        else:
            sentence = tr("Rendering the first sound of “{model}”.").format(model=header.name)
            picture.show_empty(tr("Loading…"), sentence)

    def _on_began(self) -> None:
        self._status.show_work("")
        first = self._rendering is not None and self._rendering.shown is None
        self._page.transport.progress.start(tr("Loading…") if first else self._vocoders.rendering_words)

    def _on_progressed(self, stage: str, fraction: float) -> None:
        """Shows the stage; while a sound is rendered, the vocoder's text instead."""
        words = self._vocoders.rendering_words if stage == RENDERING else stage
        self._page.transport.progress.advance(words, fraction)

    def _end_progress(self) -> None:
        self._page.transport.progress.finish()
        self._page.picture.set_dimmed(False)

    def _on_finished(self, result: RenderResult | EndlessResult) -> None:
        first = self._page.picture.is_empty
        self._set_length(result.seconds)
        self._end_progress()
        self._show_picture(result)
        self._status.show_work(self._rendered_text(result))
        self._page.enable_sound(True)
        if first:
            self.first_sound.emit()

    def _show_picture(self, result: RenderResult | EndlessResult) -> None:
        if isinstance(result, RenderResult):
            self._page.picture.show_picture(result.spectrogram)
        else:
            self._page.picture.show_endless(self._session.header_of(result.request).name)

    def _rendered_text(self, result: RenderResult | EndlessResult) -> str:
        """Time of a render, and that the built-in vocoder plays where the grain was to."""
        whole = tr("Rendered in {seconds} s").format(seconds=f"{result.elapsed_seconds:.2f}")
        text = whole if isinstance(result, RenderResult) else tr("Endless, rendered while it plays")
        if result.vocoder != GRAIN.id or result.request.config.grain:
            return text
        return f"{text} · " + tr("Grain is 0 %: {vocoder} plays").format(vocoder=self._vocoders.title_of(BUILT_IN.id))

    def _on_failed(self, sentence: str, details: str) -> None:
        self._end_progress()
        self._status.show_work(tr("Not rendered"))
        self.failed.emit(sentence, details)
        self._vocoders.refresh()
        if self._page.picture.is_empty:
            self._page.picture.show_empty(tr("No sound"), sentence, tr("Open model…"))

    def _on_cancelled(self) -> None:
        self._end_progress()
        if self._page.picture.is_empty:
            self._page.picture.show_empty(tr("No sound yet"), tr("Rendering was cancelled; Play starts it again."))
            self._status.show_work(tr("Cancelled"))
        elif self._rendering is not None and self._rendering.is_current:
            self._status.show_work(tr("Cancelled; the sound before is shown"))
        else:
            self._status.show_work(tr("Cancelled; the sound before is shown, Play renders the new one"))
