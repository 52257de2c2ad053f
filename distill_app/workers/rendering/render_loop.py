"""What the worker's thread does: it renders, answers the moving hand, and exports. torch is imported here first."""

import gc
import logging
import traceback
from collections.abc import Generator
from contextlib import suppress
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot

from distill_app.audio.shared_loop import SharedLoop
from distill_app.common.errors import DistillError, ModelFileError, VocoderOutputError
from distill_app.vocoders.runtime.compute_config import ComputeConfig
from distill_app.workers.rendering.messages import RENDERING, ActiveVocoder, RenderResult
from distill_app.workers.rendering.request_queue import QueuedExport, QueuedRequest, RequestQueue
from distill_app.workers.rendering.signals import RenderSignals

if TYPE_CHECKING:
    from distill_app.generation.export import ExportResult
    from distill_app.workers.rendering.live_preview import LivePreview
    from distill_app.workers.rendering.renderer import SoundRenderer

REST_SECONDS = 0.08
"""A hand that has not moved for so long rests: the whole is rendered."""
UNEXPECTED = "Something went wrong while rendering."

_log = logging.getLogger(__name__)


class RenderLoop(QObject):
    """See the module.

    Args:
        signals: report progress, results and failures.
    """

    def __init__(self, signals: RenderSignals, mailbox: RequestQueue) -> None:
        super().__init__()
        self._signals, self._mailbox = signals, mailbox
        self.live: SharedLoop | None = None
        self.compute = ComputeConfig()
        self._audition: LivePreview | None = None
        self._renderer: SoundRenderer | None = None
        self._broken: Exception = RuntimeError("the worker has not begun")

    @Slot()
    def begin(self) -> None:
        """The thread's first work: the long imports, and the model asked for first."""
        try:
            from distill_app.common.torch_devices import available_devices
            from distill_app.generation.threads import choose_threads
            from distill_app.workers.rendering.renderer import SoundRenderer

            choose_threads()
            self._renderer = SoundRenderer(self._signals.noticed.emit)
            self._signals.devices_found.emit(available_devices())
            self._load_first(self._ensure_renderer())
            gc.freeze()  # torch's modules stay; looking through them at every collection costs a tenth of a second
        except Exception as error:  # noqa: BLE001 - a torch that cannot be loaded fails every request, with this reason
            self._broken = error
        self._signals.ready.emit()
        self.work()

    def _load_first(self, renderer: "SoundRenderer") -> None:
        request = self._mailbox.peek_render()
        if request is not None:
            with suppress(DistillError):  # its render will say so
                renderer.pipeline(request)

    @Slot()
    def work(self) -> None:
        """Everything there is to do. Between the steps of an export, renders go first."""
        self._render_all()
        while (ticket := self._mailbox.take_export()) is not None:
            self._export(ticket)
            self._render_all()

    def _ensure_renderer(self) -> "SoundRenderer":
        if self._renderer is None:
            raise self._broken
        self._renderer.compute_with(self.compute)
        return self._renderer

    def _render_all(self) -> None:
        while (ticket := self._mailbox.take_render()) is not None:
            try:
                self._render(ticket)
            except Exception as error:  # noqa: BLE001 - whatever it is, the person hears of it and the thread lives on
                self._signals.failed.emit(ticket.request, *_words(error))
                if isinstance(error, ModelFileError):
                    self._signals.model_failed.emit(ticket.request.model)

    def _render(self, ticket: QueuedRequest) -> None:
        renderer, audition = self._ensure_renderer(), self._ready_audition()
        self._signals.progressed.emit(RENDERING, 0.0)
        try:
            result = self._answered(ticket, renderer, audition)
        except VocoderOutputError:
            if audition is not None:
                audition.silence()
            raise
        if result is None:
            self._signals.cancelled.emit(ticket.request)
            return
        if audition is not None:
            audition.replace_loop(result.sound)
        self._signals.heard.emit(ActiveVocoder(ticket.request.vocoder, preview=False))
        self._signals.finished.emit(result)

    def _answered(
        self, ticket: QueuedRequest, renderer: "SoundRenderer", audition: "LivePreview | None"
    ) -> "RenderResult | None":
        """A piece at the playhead, then the whole."""
        if audition is not None:
            self._answer(ticket, renderer, audition)
        return self._finish(ticket, renderer.render(ticket.request), audition)

    def _answer(self, ticket: QueuedRequest, renderer: "SoundRenderer", audition: "LivePreview") -> None:
        """Lets the sound be heard at the playhead, and waits a moment for the hand to go on.

        Where nothing but the vocoder is another, what is heard stays until the chosen one takes over: no third vocoder
        stands in between.
        """
        audition.take_up(ticket.request)
        if self._mailbox.is_cancelled(ticket) or renderer.known(ticket.request) is not None:
            return
        pipeline = renderer.quick_pipeline(ticket.request)
        stays, chosen = audition.heard_otherwise(ticket.request), renderer.voice(ticket.request)
        if stays is not None and pipeline.vocoder.info.id != chosen:
            self._signals.heard.emit(ActiveVocoder(renderer.voice(stays), preview=True))
        elif audition.begin(pipeline):
            info = pipeline.vocoder.info
            self._signals.heard.emit(ActiveVocoder(info.id, preview=info.id != chosen))
            self._mailbox.wait_stale(ticket, REST_SECONDS)

    def _finish(
        self, ticket: QueuedRequest, job: "Generator[float, None, RenderResult]", audition: "LivePreview | None"
    ) -> "RenderResult | None":
        """The whole render; None where something else is wanted. What plays stays new meanwhile."""
        told = 0.0
        while not self._mailbox.is_stale(ticket):
            if audition is not None:
                audition.keep_ahead()
            try:
                done = next(job)
            except StopIteration as end:
                return end.value
            if done > told:
                self._signals.progressed.emit(RENDERING, told := done)
        job.close()
        return None

    def _ready_audition(self) -> "LivePreview | None":
        """Of the loop that plays now, if there is one."""
        if self._audition is None and self.live is not None:
            from distill_app.workers.rendering.live_preview import LivePreview

            self._audition = LivePreview(self.live)
        return self._audition

    def _export(self, ticket: QueuedExport) -> None:
        path = ticket.request.path
        try:
            result = self._run_export(ticket, self._ensure_renderer().export(ticket.request))
        except Exception as error:  # noqa: BLE001 - as above
            self._signals.export_failed.emit(path, *_words(error))
            return
        if result is None:
            self._signals.export_cancelled.emit(path)
        else:
            self._signals.exported.emit(path, result.clipped)

    def _run_export(self, ticket: QueuedExport, job: "Generator[float, None, ExportResult]") -> "ExportResult | None":
        while not self._mailbox.is_export_stale(ticket):
            try:
                self._signals.export_progressed.emit(ticket.request.path, next(job))
            except StopIteration as end:
                return end.value
            self._render_all()
        job.close()
        return None


def _words(error: Exception) -> tuple[str, str]:
    """The sentence and the details of a failure."""
    if isinstance(error, DistillError):
        return str(error), ""
    _log.error("rendering failed", exc_info=error)
    return UNEXPECTED, "".join(traceback.format_exception(error))
