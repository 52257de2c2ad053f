"""Thread that renders and exports, so that the window never waits. torch is imported there and nowhere before."""

import sys
from pathlib import Path

from PySide6.QtCore import QObject, QThread, Signal

from distill_app.audio.shared_loop import SharedLoop
from distill_app.generation.export_format import ExportFormat
from distill_app.vocoders.runtime.compute_config import ComputeConfig
from distill_app.workers.rendering.gc_control import GuiCollector
from distill_app.workers.rendering.messages import EndlessResult, ExportRequest, RenderRequest, RenderResult
from distill_app.workers.rendering.render_loop import RenderLoop
from distill_app.workers.rendering.request_queue import RequestQueue
from distill_app.workers.rendering.signals import RenderSignals

STACK_BYTES = 8 * 1024 * 1024
"""torch's convolutions need more than the 512 KB that macOS gives a thread."""

SWITCH_SECONDS = 0.001
"""Time after which a thread leaves Python to one that waits for it, a fifth of Python's own: each of the hundred
operations of a preview may wait that long for the window."""


class RenderWorker(RenderSignals):
    """Interface of the RenderThread to the window: methods return at once, signals answer.

    It stays in the window's thread, so that whatever is connected to its signals runs there, plain functions too.
    """

    _woken = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._queue = RequestQueue()
        self.render_loop = RenderLoop(self, self._queue)
        self._woken.connect(self.render_loop.work)

    def play_into(self, live: SharedLoop) -> None:
        """Sets the loop that finished sounds and previews are written to, by the worker alone."""
        self.render_loop.live = live
        live.on_transport = self._woken.emit

    def compute_with(self, compute: ComputeConfig) -> None:
        """Sets the device and runtime of vocoders, from the next sound on."""
        self.render_loop.compute = compute

    def submit(self, request: RenderRequest) -> None:
        """Requests a sound and cancels an unfinished one; the playing loop is previewed in any case."""
        self._queue.submit(request)
        self._woken.emit()

    def restore(self, result: RenderResult | EndlessResult) -> None:
        """Cancels the requested sound and writes a finished one back into the loop. Exports continue."""
        self._queue.restore(result)
        self._woken.emit()

    def cancel(self) -> None:
        """Cancels the requested sound. Exports continue."""
        self._queue.cancel()

    def export(
        self,
        request: RenderRequest,
        path: Path,
        wanted: ExportFormat,
        overwrite: bool = False,
        seamless: bool = False,
    ) -> None:
        """Requests a file; renders requested meanwhile go first."""
        self._queue.submit_export(ExportRequest(request, path, wanted, overwrite, seamless))
        self._woken.emit()

    def cancel_export(self, path: Path) -> None:
        """Cancels the export to a path, whether it waits or is under way; no partial file remains."""
        self._queue.cancel_export(path)

    def close(self) -> None:
        """Cancels all work and takes no more."""
        self._queue.close()


class RenderThread(QThread):
    """Owns the worker. `start()` it, and `stop()` it before it is dropped."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.setStackSize(STACK_BYTES)
        self.worker = RenderWorker()
        self.worker.render_loop.moveToThread(self)
        self.started.connect(self.worker.render_loop.begin)
        self.finished.connect(self.worker.render_loop.end)
        self._collector = GuiCollector(self)
        self._switch_seconds = sys.getswitchinterval()

    def start(self, priority: QThread.Priority = QThread.Priority.InheritPriority) -> None:
        """Starts the thread; from now on only the GUI thread collects garbage, and threads take turns more often."""
        self._collector.begin()
        sys.setswitchinterval(SWITCH_SECONDS)
        super().start(priority)

    def stop(self) -> None:
        """Cancels all work and waits for the thread: for one block of work, or the rest of the imports."""
        self.worker.close()
        self.quit()
        self.wait()
        self._collector.end()
        sys.setswitchinterval(self._switch_seconds)
