"""Event loop of the worker's thread: renders, writes the playing loop, and exports. Imports torch when it begins."""

import gc
import time
from collections.abc import Generator
from contextlib import suppress
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Slot

from distill_app.audio.shared_loop import SharedLoop
from distill_app.common.errors import DistillError, ModelFileError, VocoderOutputError
from distill_app.vocoders.runtime.compute_config import ComputeConfig
from distill_app.workers.rendering.export_file import export_file
from distill_app.workers.rendering.failures import failure_text
from distill_app.workers.rendering.messages import RENDERING, ActiveVocoder, EndlessResult, ExportRequest, RenderResult
from distill_app.workers.rendering.request_queue import QueuedRequest, RequestQueue
from distill_app.workers.rendering.signals import RenderSignals

if TYPE_CHECKING:
    from distill_app.generation.export import ExportResult
    from distill_app.generation.pipeline import GenerationPipeline
    from distill_app.workers.rendering.live_preview import LivePreview
    from distill_app.workers.rendering.renderer import SoundRenderer
    from distill_app.workers.rendering.resolver import ResolvedRequest

REST_SECONDS = 0.08
"""Time without a newer request after which the whole sound is rendered."""
_LOOK_SECONDS = 0.02
"""Time between two looks at the playhead meanwhile."""
_STREAM_MS = 200
"""Time between two looks at the playhead of a sound that is rendered while it plays."""


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
        self._stream_timer: QTimer | None = None
        self._import_error: Exception = RuntimeError("the worker has not begun")

    @Slot()
    def begin(self) -> None:
        """Imports torch, loads the model requested first, and works."""
        try:
            from distill_app.common.torch_devices import available_devices
            from distill_app.vocoders.runtime.thread_tuning import choose_threads
            from distill_app.workers.rendering.renderer import SoundRenderer

            choose_threads()
            self._stream_timer = QTimer(self, interval=_STREAM_MS, singleShot=True)
            self._stream_timer.timeout.connect(self.work)
            self._renderer = SoundRenderer(self._signals.noticed.emit, self._signals.speed_measured.emit)
            self._signals.devices_found.emit(available_devices())
            self._load_first(self._ready_renderer())
            gc.freeze()  # torch's modules stay; looking through them at every collection costs a tenth of a second
        except Exception as error:  # noqa: BLE001 - a torch that cannot be loaded fails every request, with this reason
            self._import_error = error
        self._signals.ready.emit()
        self.work()

    @Slot()
    def end(self) -> None:
        """Stops the timer in its own thread, as Qt demands."""
        if self._stream_timer is not None:
            self._stream_timer.stop()

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
            export_file(queued, self._export, self._queue, self._signals, self._between)
            self._render_all()
        self._stream()

    def _export(self, task: ExportRequest) -> "Generator[float, None, ExportResult]":
        return self._ready_renderer().export(task)

    def _between(self) -> None:
        """Answers the window between the steps of an export."""
        self._render_all()
        self._write_ahead()

    def _stream(self) -> None:
        """Writes an endless sound ahead of its playhead, and looks again later."""
        while self._queue.idle and self._write_ahead():
            pass
        if self._stream_timer is not None and self._preview is not None and self._preview.must_look_again:
            self._stream_timer.start()

    def _write_ahead(self) -> bool:
        """Writes the next piece of the sound that plays; returns whether there was one."""
        preview = self._preview
        if preview is None or preview.heard is None:
            return False
        request = preview.heard
        try:
            return preview.keep_ahead()
        except Exception as error:  # noqa: BLE001 - the sound ends, with a reason, and the thread continues
            preview.silence()
            self._signals.failed.emit(request, *failure_text(error))
            return False

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
                self._signals.failed.emit(queued.request, *failure_text(error))
                if isinstance(error, ModelFileError):
                    self._signals.model_failed.emit(queued.request.model)

    def _answer(self, queued: QueuedRequest) -> None:
        preview = self._ready_preview()
        if queued.result is not None:
            self._restore(queued.result, preview)
        elif (result := self._render(queued, preview)) is not None and not self._queue.is_cancelled(queued):
            self._play(result, preview)
            self._signals.finished.emit(result)
        else:
            self._signals.cancelled.emit(queued.request)

    def _restore(self, result: "RenderResult | EndlessResult", preview: "LivePreview | None") -> None:
        """Writes a finished sound back into the loop."""
        if preview is not None and result.streamed:
            renderer = self._ready_renderer()
            preview.start(result.request)
            self._begin_pieces(preview, *renderer.preview_pipeline(renderer.resolve(result.request)))
        else:
            self._play(result, preview)

    def _play(self, result: "RenderResult | EndlessResult", preview: "LivePreview | None") -> None:
        """Writes a finished sound to the loop, where it is not there in pieces already."""
        if isinstance(result, EndlessResult):
            return
        if preview is not None and not (preview.streaming and preview.heard == result.request):
            preview.replace_loop(result)
        self._signals.heard.emit(ActiveVocoder(result.request.vocoder, preview=False))

    def _render(self, queued: QueuedRequest, preview: "LivePreview | None") -> "RenderResult | EndlessResult | None":
        """Previews the sound at the playhead, then renders it; None where it has become stale."""
        renderer = self._ready_renderer()
        self._signals.progressed.emit(RENDERING, 0.0)
        sound = renderer.resolve(queued.request)
        try:
            if queued.request.config.endless:
                return self._begin_endless(queued, sound, preview)
            if preview is not None:
                self._write_preview(queued, sound, renderer, preview)
            return self._finish(queued, renderer.render(sound), preview)
        except VocoderOutputError:
            if preview is not None:
                preview.silence()
            raise

    def _begin_endless(
        self, queued: QueuedRequest, sound: "ResolvedRequest", preview: "LivePreview | None"
    ) -> EndlessResult | None:
        """Writes the first pieces of a sound that has no end; None where it has become stale."""
        started = time.monotonic()
        pipeline, is_chosen = self._ready_renderer().preview_pipeline(sound)
        if self._queue.is_cancelled(queued):
            return None
        if preview is not None:
            preview.start(queued.request)
            self._begin_pieces(preview, pipeline, is_chosen)
        result = EndlessResult(queued.request, time.monotonic() - started, pipeline.vocoder.info.id)
        return None if self._rest(queued, preview) else result

    def _begin_pieces(self, preview: "LivePreview", pipeline: "GenerationPipeline", is_chosen: bool) -> bool:
        """Writes the piece at the playhead, and reports its vocoder; returns False where none fits."""
        if not preview.begin(pipeline):
            return False
        self._signals.heard.emit(ActiveVocoder(pipeline.vocoder.info.id, preview=not is_chosen))
        return True

    def _rest(self, queued: QueuedRequest, preview: "LivePreview | None") -> bool:
        """Waits a moment for a newer request, and writes pieces meanwhile; returns whether one came."""
        until = time.monotonic() + REST_SECONDS
        while (left := until - time.monotonic()) > 0 and not self._queue.is_stale(queued):
            if preview is None or not preview.keep_ahead(hurried=True):
                self._queue.wait_stale(queued, min(left, _LOOK_SECONDS))
        return self._queue.is_stale(queued)

    def _write_preview(
        self, queued: QueuedRequest, sound: "ResolvedRequest", renderer: "SoundRenderer", preview: "LivePreview"
    ) -> None:
        """Plays the new sound at the playhead, and waits a moment for a newer request.

        Where only the vocoder changes, the old sound plays until the chosen vocoder has rendered: a third vocoder is
        never heard in between.
        """
        preview.start(queued.request)
        if self._queue.is_cancelled(queued) or (renderer.cached(sound) is not None and not sound.streamed):
            return
        pipeline, is_chosen = renderer.preview_pipeline(sound)
        before = preview.vocoder_before(queued.request)
        if before is not None and not is_chosen:
            self._signals.heard.emit(ActiveVocoder(before, preview=True))
        elif self._begin_pieces(preview, pipeline, is_chosen):
            self._rest(queued, preview)

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
