"""Requests the sound of the session from the render worker, and reports the progress."""

from PySide6.QtCore import QObject, Signal

from distill_app.ui.common.protocols import RenderWorkerProtocol
from distill_app.ui.play.session import Session
from distill_app.vocoders.built_in import GRAIN
from distill_app.vocoders.embedded.vocoder import AUTO, OWN
from distill_app.vocoders.registry import DEFAULT_VOCODER
from distill_app.workers.rendering.messages import EndlessResult, RenderRequest, RenderResult


class RenderController(QObject):
    """Has one sound rendered at a time, that of the session's present state."""

    began = Signal()
    progressed = Signal(str, float)
    finished = Signal(object)
    """RenderResult or EndlessResult of the session's present state."""
    failed = Signal(str, str)
    """A sentence and details; the session then returns to the model or the vocoder that is heard."""
    cancelled = Signal()
    heard = Signal(object)
    """ActiveVocoder of the sound just written to the loop."""

    def __init__(self, session: Session, worker: RenderWorkerProtocol, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session, self._worker = session, worker
        self._pending: RenderRequest | None = None
        self.shown: RenderResult | EndlessResult | None = None
        self._announced = self._stale = False
        session.changed.connect(self.update)
        session.model_renewed.connect(self._renew)
        session.auditioned.connect(self.audition)
        worker.heard.connect(self.heard)
        worker.progressed.connect(self._on_progressed)
        worker.finished.connect(self._on_finished)
        worker.failed.connect(self._on_failed)

    @property
    def busy(self) -> bool:
        return self._pending is not None

    @property
    def is_current(self) -> bool:
        """Whether the sound shown is that of the session's present state."""
        return self.shown is not None and self.shown.request == self._session.request and not self._stale

    def update(self) -> None:
        """Requests the session's sound, unless it is shown or requested already."""
        request = self._session.request
        if request is None or (self._announced and request == self._pending):
            return
        if self.shown is not None and self.is_current:
            self._drop_pending()
            self.finished.emit(self.shown)
        else:
            self.audition(request)
            self._announced = True
            self.began.emit()

    def _renew(self) -> None:
        """Requests the sound again because the model file has changed."""
        self._stale, self._pending = True, None
        self.update()

    def audition(self, request: RenderRequest) -> None:
        """Requests a sound while a slider moves, without showing the progress."""
        self._announced = False
        if request != self._pending:
            self._pending = request
            self._worker.submit(request)

    def catch_up(self) -> None:
        """Requests the session's sound again where it was cancelled or failed."""
        if not self.is_current:
            self.update()

    def cancel(self) -> None:
        """Cancels the pending sound, and the choice of its vocoder; the sound before stays."""
        request = self._pending
        if request is None:
            return
        self._drop_pending()
        if self.shown is not None:
            self._session.cancel_vocoder(request.vocoder, self.shown.request.vocoder)
        if not self.busy:
            self.cancelled.emit()

    def _drop_pending(self) -> None:
        if self._pending is not None:
            self._pending = None
            self._restore_shown()

    def _restore_shown(self) -> None:
        """Writes the sound that is shown back into the loop, over the previews of the pending one."""
        if self.shown is None:
            self._worker.cancel()
        else:
            self._worker.restore(self.shown)

    def _on_progressed(self, stage: str, fraction: float) -> None:
        if self._pending is not None and self._announced:
            self.progressed.emit(stage, fraction)

    def _on_finished(self, result: RenderResult | EndlessResult) -> None:
        if result.request == self._pending:
            self._pending, self._stale = None, False
            self.shown = result
            self.finished.emit(result)

    def _on_failed(self, request: RenderRequest, sentence: str, details: str) -> None:
        if request == self._pending:
            self._pending = None
            self._restore_shown()
            self.failed.emit(sentence, details)
            self._revert_choice(request)
        elif self._pending is None and self.shown is not None and request == self.shown.request:
            self._stale = True  # an endless sound that broke off; Play begins it again
            self.failed.emit(sentence, details)

    def _revert_choice(self, request: RenderRequest) -> None:
        """Returns to the model and vocoder that are heard, or to the default vocoder where nothing is yet.

        What a model carries may be damaged where the model is not: it is tried with `AUTO` first.
        """
        other_model = self.shown is None or self.shown.request.model != request.model
        if other_model and request.vocoder in (OWN, GRAIN.id):
            self._session.give_up_vocoder(request.vocoder, AUTO)
        elif self.shown is None:
            self._session.give_up_vocoder(request.vocoder, DEFAULT_VOCODER)
        elif other_model:
            self._session.give_up(request)
        else:
            heard = self.shown.request.vocoder
            removed = heard == request.vocoder and not self._session.is_ready(self.shown.request)
            self._session.give_up_vocoder(request.vocoder, DEFAULT_VOCODER if removed else heard)
