"""Event loop of the worker's thread: renders, writes the playing loop, and exports. Imports torch when it begins."""

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
    from distill_app.workers.rendering.resolver import ResolvedRequest

REST_SECONDS = 0.08
"""Time without a newer request after which the whole sound is rendered."""
UNEXPECTED = "Something went wrong while rendering."

_log = logging.getLogger(__name__)


class RenderLoop(QObject):
    """Takes requests from the queue and answers them by signals.

    Args:
        signals: report progress, results and failures.
    """

    def __init__(self, signals: RenderSignals, queue: RequestQueue) -> None:
        super().__init__()
        self._signals, self._queue = signals, queue
        self.live: SharedLoop | None = None
        self.compute = ComputeConfig()
        self._preview: LivePreview | None = None
        self._renderer: SoundRenderer | None = None
        self._import_error: Exception = RuntimeError("the worker has not begun")

    @Slot()
    def begin(self) -> None:
        """Imports torch, loads the model requested first, and works."""
        try:
            from distill_app.common.torch_devices import available_devices
            from distill_app.vocoders.runtime.thread_tuning import choose_threads
            from distill_app.workers.rendering.renderer import SoundRenderer

            choose_threads()
            self._renderer = SoundRenderer(self._signals.noticed.emit, self._signals.speed_measured.emit)
            self._signals.devices_found.emit(available_devices())
            self._load_first(self._ready_renderer())
            gc.freeze()  # torch's modules stay; looking through them at every collection costs a tenth of a second
        except Exception as error:  # noqa: BLE001 - a torch that cannot be loaded fails every request, with this reason
            self._import_error = error
        self._signals.ready.emit()
        self.work()

    def _load_first(self, renderer: "SoundRenderer") -> None:
        request = self._queue.peek_render()
        if request is not None:
            with suppress(DistillError):  # its render reports it
                renderer.pipeline(renderer.resolve(request))

    @Slot()
    def work(self) -> None:
        """Does everything that is queued. Between the steps of an export, renders go first."""
        self._render_all()
        while (queued := self._queue.take_export()) is not None:
            self._export(queued)
            self._render_all()

    def _ready_renderer(self) -> "SoundRenderer":
        if self._renderer is None:
            raise self._import_error
        self._renderer.compute_with(self.compute)
        return self._renderer

    def _render_all(self) -> None:
        while (queued := self._queue.take_render()) is not None:
            try:
                self._answer(queued)
            except Exception as error:  # noqa: BLE001 - every failure is reported, and the thread continues
                self._signals.failed.emit(queued.request, *_message(error))
                if isinstance(error, ModelFileError):
                    self._signals.model_failed.emit(queued.request.model)

    def _answer(self, queued: QueuedRequest) -> None:
        preview = self._ready_preview()
        if queued.result is not None:
            self._play(queued.result, preview)
        elif (result := self._render(queued, preview)) is not None and not self._queue.is_cancelled(queued):
            self._play(result, preview)
            self._signals.finished.emit(result)
        else:
            self._signals.cancelled.emit(queued.request)

    def _play(self, result: RenderResult, preview: "LivePreview | None") -> None:
        if preview is not None:
            preview.replace_loop(result)
        self._signals.heard.emit(ActiveVocoder(result.request.vocoder, preview=False))

    def _render(self, queued: QueuedRequest, preview: "LivePreview | None") -> "RenderResult | None":
        """Previews the sound at the playhead, then renders it; None where it has become stale."""
        renderer = self._ready_renderer()
        self._signals.progressed.emit(RENDERING, 0.0)
        sound = renderer.resolve(queued.request)
        try:
            if preview is not None:
                self._write_preview(queued, sound, renderer, preview)
            return self._finish(queued, renderer.render(sound), preview)
        except VocoderOutputError:
            if preview is not None:
                preview.silence()
            raise

    def _write_preview(
        self, queued: QueuedRequest, sound: "ResolvedRequest", renderer: "SoundRenderer", preview: "LivePreview"
    ) -> None:
        """Plays the new sound at the playhead, and waits a moment for a newer request.

        Where only the vocoder changes, the old sound plays until the chosen vocoder has rendered: a third vocoder is
        never heard in between.
        """
        preview.start(queued.request)
        if self._queue.is_cancelled(queued) or renderer.cached(sound) is not None:
            return
        pipeline, is_chosen = renderer.preview_pipeline(sound)
        before = preview.vocoder_before(queued.request)
        if before is not None and not is_chosen:
            self._signals.heard.emit(ActiveVocoder(before, preview=True))
        elif preview.begin(pipeline):
            self._signals.heard.emit(ActiveVocoder(pipeline.vocoder.info.id, preview=not is_chosen))
            self._queue.wait_stale(queued, REST_SECONDS)

    def _finish(
        self, queued: QueuedRequest, job: "Generator[float, None, RenderResult]", preview: "LivePreview | None"
    ) -> "RenderResult | None":
        """Renders the whole sound while the preview is kept ahead of the playhead; None where it has become stale."""
        reported = 0.0
        while not self._queue.is_stale(queued):
            if preview is not None:
                preview.keep_ahead()
            try:
                done = next(job)
            except StopIteration as end:
                return end.value
            if done > reported:
                self._signals.progressed.emit(RENDERING, reported := done)
        job.close()
        return None

    def _ready_preview(self) -> "LivePreview | None":
        if self._preview is None and self.live is not None:
            from distill_app.workers.rendering.live_preview import LivePreview

            self._preview = LivePreview(self.live)
        return self._preview

    def _export(self, queued: QueuedExport) -> None:
        path = queued.request.path
        try:
            result = self._run_export(queued, self._ready_renderer().export(queued.request))
        except Exception as error:  # noqa: BLE001 - every failure is reported, and the thread continues
            self._signals.export_failed.emit(path, *_message(error))
            return
        if result is None:
            self._signals.export_cancelled.emit(path)
        else:
            self._signals.exported.emit(path, result.clipped)

    def _run_export(self, queued: QueuedExport, job: "Generator[float, None, ExportResult]") -> "ExportResult | None":
        reported = -1.0
        while not self._queue.is_export_stale(queued):
            try:
                done = next(job)
            except StopIteration as end:
                return end.value
            if done > reported:
                self._signals.export_progressed.emit(queued.request.path, reported := done)
            self._render_all()
        job.close()
        return None


def _message(error: Exception) -> tuple[str, str]:
    """A sentence for the user, and the traceback of an unexpected error."""
    if isinstance(error, DistillError):
        return str(error), ""
    _log.error("rendering failed", exc_info=error)
    return UNEXPECTED, "".join(traceback.format_exception(error))
