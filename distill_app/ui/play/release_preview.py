"""Preview on release: a slider released while nothing plays triggers one playback of the whole sound."""

from collections.abc import Callable

from PySide6.QtCore import QObject

from distill_app.ui.play.page import PlayPage
from distill_app.ui.play.playback import Playback
from distill_app.ui.play.render_controller import RenderController
from distill_app.ui.play.session import Session
from distill_app.workers.rendering.messages import EndlessResult, RenderRequest, RenderResult


class ReleasePreview(QObject):
    """Plays a sound once it is rendered, unless another one was requested meanwhile.

    Args:
        allowed: whether a preview may be played now.
    """

    def __init__(
        self,
        session: Session,
        rendering: RenderController,
        playback: Playback,
        page: PlayPage,
        allowed: Callable[[], bool],
    ) -> None:
        super().__init__(page)
        self._session, self._rendering, self._playback, self._allowed = session, rendering, playback, allowed
        self._awaited: RenderRequest | None = None
        rendering.finished.connect(self._on_finished)
        page.slider_panel.tone.released.connect(self.ask)
        page.slider_panel.character.released.connect(self.ask)
        page.transport.drift_released.connect(self.ask)
        page.transport.grain_released.connect(self.ask)

    def ask(self) -> None:
        """Plays the sound of the session once, now or after its render."""
        self._awaited = self._session.request if self._may_play() else None
        if self._awaited is not None and self._rendering.is_current:
            self._play()

    def _may_play(self) -> bool:
        playback = self._playback
        stopped = not (playback.playing or playback.waiting)
        return self._allowed() and (stopped or playback.previewing)

    def _on_finished(self, result: RenderResult | EndlessResult) -> None:
        if self._awaited is None:
            return
        if result.request == self._awaited == self._session.request and self._may_play():
            self._play()
        self._awaited = None

    def _play(self) -> None:
        self._awaited = None
        self._playback.preview()
