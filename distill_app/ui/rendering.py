"""Keeps the sound in step with the session: asks the worker, and shows what it gave."""

from PySide6.QtCore import QObject, Signal

from distill_app.engine.jobs import Heard, RenderRequest, RenderResult
from distill_app.ui.ports import Renderer
from distill_app.ui.session import Session


class Rendering(QObject):
    """One sound is wanted at a time, the session's. (The worker keeps what it rendered, so that undo is quick.)"""

    began = Signal()
    progressed = Signal(str, float)
    finished = Signal(object)
    """The wanted sound is here, a `RenderResult`."""
    failed = Signal(object, str, str)
    cancelled = Signal()
    heard = Signal(object)
    """A Heard: which vocoder is heard now."""

    def __init__(self, session: Session, worker: Renderer, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session, self._worker = session, worker
        self._pending: RenderRequest | None = None
        self.shown: RenderResult | None = None
        self._announced = False
        session.changed.connect(self.update)
        session.auditioned.connect(self.audition)
        worker.heard.connect(self.heard)
        worker.progressed.connect(self._on_progressed)
        worker.finished.connect(self._on_finished)
        worker.failed.connect(self._on_failed)

    @property
    def busy(self) -> bool:
        return self._pending is not None

    def update(self) -> None:
        """Sees to it that the session's sound comes."""
        request = self._session.request
        if request is None or (self._announced and request == self._pending):
            return
        if self.shown is not None and request == self.shown.request:
            self._drop_pending()
            self.finished.emit(self.shown)
        else:
            self.audition(request)
            self._announced = True
            self.began.emit()

    def audition(self, request: RenderRequest) -> None:
        """Asks for a sound the hand is passing: the same without words, for the next one follows at once."""
        self._announced = False
        if request != self._pending:
            self._pending = request
            self._worker.submit(request)

    def catch_up(self) -> None:
        """Asks again where the session's sound was cancelled or failed."""
        if self.shown is None or self.shown.request != self._session.request:
            self.update()

    def cancel(self) -> None:
        """Gives the pending sound up; the one before stays."""
        if self._pending is not None:
            self._drop_pending()
            self.cancelled.emit()

    def _drop_pending(self) -> None:
        if self._pending is not None:
            self._pending = None
            self._worker.cancel()
        self._hear_shown()

    def _hear_shown(self) -> None:
        if self.shown is not None:
            self.heard.emit(Heard(self.shown.request.vocoder, preview=False))

    def _on_progressed(self, stage: str, fraction: float) -> None:
        if self._pending is not None and self._announced:
            self.progressed.emit(stage, fraction)

    def _on_finished(self, result: RenderResult) -> None:
        if result.request == self._pending:
            self._pending = None
            self.shown = result
            self.finished.emit(result)

    def _on_failed(self, request: RenderRequest, sentence: str, details: str) -> None:
        if request == self._pending:
            self._pending = None
            self._hear_shown()
            self.failed.emit(request, sentence, details)
